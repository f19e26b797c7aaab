#pragma once

namespace lakesmith::app {

// Parses the command line and runs one command. Returns the exit code of the process:
// 0 when it worked, 1 when it failed, 2 when the command line is wrong.
int RunProgram(int argc, char** argv);

}  // namespace lakesmith::app
