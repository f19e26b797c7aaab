#include "app/program.h"

int main(int argc, char** argv) { return lakesmith::app::RunProgram(argc, argv); }
