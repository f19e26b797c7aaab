"""Virtual environments of sets of packages: made once by pip, kept by the content of the set.

LAKESMITH_PYTHON_ENVIRONMENTS names the folder that they lie in. Each is a folder of a name made from what it holds;
removing it, or all of them, only means that they are made again.
"""
import contextlib
import fcntl
import glob
import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import sysconfig
import venv

# The first pip that installs into another interpreter's environment.
PIP_OF_OTHERS = (22, 3)
NO_NETWORK = ("Retrying (Retry", "NewConnectionError", "Failed to establish a new connection", "Max retries exceeded",
              "Name or service not known", "Temporary failure in name resolution", "Connection refused", "ProxyError")


class PackageError(Exception):
    """Packages that cannot be installed; the text says why and what to do."""


def arguments_of(packages, root):
    """The arguments for pip of what a task asks for: a list of {"requirement" | "wheel" | "file" | "index": text}."""
    arguments = []
    for package in packages:
        [(kind, text)] = package.items()
        if kind == "requirement":
            arguments.append(text)
        elif kind == "index":
            arguments += ["--extra-index-url", text]
        elif kind == "wheel":
            arguments += find_wheels(text, root)
        else:
            arguments += ["-r", existing_file(text, root)]
    return arguments


def find_wheels(pattern, root):
    if ":/" in pattern or (pattern.startswith("/") and not glob.glob(pattern)):
        raise PackageError(f"'{pattern}' is not on this machine; name a wheel of the bundle, such as ./dist/*.whl")
    found = sorted(glob.glob(os.path.join(root, pattern)))
    if not found:
        raise PackageError(f"no wheel matches '{pattern}'; build it first, by artifacts.NAME.build of the bundle and "
                           "'bundle deploy', or by 'pip wheel --no-deps -w dist .'")
    return found


def existing_file(path, root):
    full = os.path.join(root, path)
    if not os.path.isfile(full):
        raise PackageError(f"file '{path}' does not exist")
    return full


def ensure(arguments, folder):
    """The folder of an environment in which `pip install ARGUMENTS` was done in `folder`; made when it is not there."""
    home = os.environ.get("LAKESMITH_PYTHON_ENVIRONMENTS") or os.path.expanduser("~/.cache/lakesmith/python")
    os.makedirs(home, exist_ok=True)
    target = os.path.join(home, identity(arguments, folder))
    complete = os.path.join(target, "complete")
    if os.path.exists(complete):
        return target
    with open(target + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Another task may want the same set at this moment.
        if not os.path.exists(complete):
            shutil.rmtree(target, ignore_errors=True)
            try:
                make(target, arguments, folder)
            except BaseException:
                shutil.rmtree(target, ignore_errors=True)
                raise
            with open(complete, "w", encoding="utf-8") as mark:
                mark.write("\n".join(arguments) + "\n")
    return target


def identity(arguments, folder):
    """Changes with the interpreter, the words, and the content of the files among them."""
    digest = hashlib.sha256(f"{sys.executable} {sys.version}".encode())
    for word in arguments:
        path = os.path.join(folder, word)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                word = f"{os.path.basename(path)} {hashlib.sha256(file.read()).hexdigest()}"
        elif os.path.isdir(path):
            word = f"{os.path.realpath(path)} {newest_change(path)}"
        digest.update(b"\0" + word.encode())
    return digest.hexdigest()[:20]


def newest_change(folder):
    return max((os.stat(os.path.join(place, name)).st_mtime_ns for place, _, names in os.walk(folder) for name in names),
               default=0)


def make(target, arguments, folder):
    own_pip = pip_version()
    builder = venv.EnvBuilder(system_site_packages=True, symlinks=True, with_pip=own_pip < PIP_OF_OTHERS)
    try:
        builder.create(target)
    except (subprocess.CalledProcessError, ImportError) as error:
        raise PackageError(f"{sys.executable} cannot make a virtual environment: it has neither pip nor ensurepip; "
                           "install python3-pip or python3-venv") from error
    share_packages(target)
    interpreter = os.path.join(target, "bin", "python")
    # Isolated, and without PYTHONPATH: files of the project may have the names of modules, and are not installed.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with_own = [sys.executable, "-I", "-m", "pip", "--python", interpreter]
    pip = with_own if own_pip >= PIP_OF_OTHERS else [interpreter, "-I", "-m", "pip"]
    print(f"installing {' '.join(map(shown, arguments))}", flush=True)
    done = subprocess.run([*pip, "--disable-pip-version-check", "--no-input", "install", "--quiet", *arguments],
                          cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise PackageError(failure_text(arguments, done.stdout))


def shown(word):
    return os.path.basename(word) if word.startswith("/") else word


def failure_text(arguments, output):
    errors = [line.removeprefix("ERROR: ") for line in output.splitlines() if line.startswith("ERROR: ")]
    reason = "; ".join(errors or output.strip().splitlines()[-1:]) or "pip gave no reason"
    text = f"pip could not install {' '.join(map(shown, arguments))}: {reason}"
    if any(sign in output for sign in NO_NETWORK):
        text += ". The package index was not reached: is there a network, and is pip set up for it (pip config)?"
    elif "from versions: none" in output:
        text += ". No index that could be reached has it: is the name right, and is there a network?"
    return text


def pip_version():
    """(major, minor) of the pip of this interpreter; (0, 0) when it has none."""
    try:
        words = importlib.metadata.version("pip").split(".")
        return int(words[0]), int(words[1])
    except (importlib.metadata.PackageNotFoundError, ValueError, IndexError):
        return 0, 0


def packages_folder(target):
    return sysconfig.get_path("purelib", scheme="venv" if "venv" in sysconfig.get_scheme_names() else "posix_prefix",
                              vars={"base": target, "platbase": target})


def share_packages(target):
    """What this interpreter's own virtual environment has is there too; what the system has is anyway."""
    if sys.prefix == sys.base_prefix:
        return
    own = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    with open(os.path.join(packages_folder(target), "lakesmith_parent.pth"), "w", encoding="utf-8") as file:
        file.write("\n".join(dict.fromkeys(own)) + "\n")


def start_within(packages, root, words):
    """Goes on as the interpreter of the environment that has the packages. Does not return."""
    target = ensure(arguments_of(packages, root), root)
    interpreter = os.path.join(target, "bin", "python")
    os.environ["PATH"] = os.path.join(target, "bin") + os.pathsep + os.environ.get("PATH", "")
    os.environ["VIRTUAL_ENV"] = target
    sys.stdout.flush()
    os.execv(interpreter, [interpreter, "-u", "-m", "lakesmith_runtime", *words])


def install_here(arguments, folder):
    """Lets this process import what `pip install ARGUMENTS` gives, from here on."""
    target = ensure(arguments, folder)
    packages = packages_folder(target)
    if packages in sys.path:
        return
    sys.path.insert(0, packages)
    os.environ["PATH"] = os.path.join(target, "bin") + os.pathsep + os.environ.get("PATH", "")
    os.environ["PYTHONPATH"] = packages + os.pathsep + os.environ.get("PYTHONPATH", "")
    importlib.invalidate_caches()
    forget_modules(packages)


def forget_modules(packages):
    """Modules imported from elsewhere give way to those of the folder."""
    with contextlib.suppress(OSError):
        tops = {name.removesuffix(".py") for name in os.listdir(packages)}
        for name in list(sys.modules):
            if name.partition(".")[0] in tops and name.partition(".")[0] not in ("pip", "lakesmith_runtime"):
                del sys.modules[name]
