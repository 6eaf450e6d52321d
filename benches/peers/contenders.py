"""Who takes part on this machine: each is built, or skipped with a reason that is said aloud."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILT = ROOT / "target" / "peers"
CXX_FLAGS = "-std=c++17 -O3 -march=native -ffast-math -fopenmp".split()
# Where the compiler has it: vectors of 512 bits where there are any.
WIDE = "-mprefer-vector-width=512"


class Skipped(Exception):
    """Why somebody does not take part."""


def call(command, **options):
    """The output of a command that must succeed."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise Skipped(f"{Path(str(command[0])).name}: {last}")
    return done.stdout


def line(command, timeout=1800):
    """The line of JSON that a program prints."""
    try:
        return json.loads(call(command, timeout=timeout))
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise Skipped(str(error)) from error


def program(command, walkers):
    """Runs a peer: `command a|b WALKERS` prints the line of `standard.py`."""
    return lambda work: line([*command, work, walkers])


def kramers(binary, device, random=None):
    """Runs `kramers bench`, which chooses the number of walkers itself."""

    def run(work):
        extra = ["--random", random] if random else []
        command = [binary, "bench", "--json", "--repetitions", 1, "--device", device, "--work", f"W({work})"]
        result = line([*command, *extra])["results"][0]
        return {**result, "version": result["details"]}

    return run


def kramers_binary(given):
    """The binary that is given, or the one that cargo builds here."""
    if given:
        return given
    if not shutil.which("cargo"):
        raise Skipped("no cargo; name the binary with --kramers")
    call(["cargo", "build", "--release", "--locked", "--bin", "kramers"], cwd=ROOT)
    return ROOT / "target" / "release" / "kramers"


def cxx(walkers):
    """The C++ peer."""
    compiler = shutil.which("g++") or shutil.which("clang++")
    if not compiler:
        raise Skipped("no C++ compiler")
    BUILT.mkdir(parents=True, exist_ok=True)
    binary = BUILT / "walk"
    command = [compiler, *CXX_FLAGS, "-o", binary, HERE / "walk.cpp"]
    try:
        call([*command, WIDE])
    except Skipped:
        call(command)
    return program([binary], walkers)


def interpreter(modules, packages):
    """A Python that has the modules: this one, or one in an environment of its own, with the packages."""
    test = ["-c", ";".join(f"import {module}" for module in modules)]
    own = BUILT / "python" / "bin" / "python"
    for python in [sys.executable, own]:
        if Path(python).exists() and subprocess.run([python, *test], capture_output=True).returncode == 0:
            return python
    if not own.exists():
        call([sys.executable, "-m", "venv", BUILT / "python"])
    print(f"installing {', '.join(packages)} into {BUILT / 'python'}", file=sys.stderr)
    call([own, "-m", "pip", "install", "--quiet", *packages])
    call([own, *test])
    return own


def python(name, walkers, modules=None, packages=None):
    """A peer in Python."""
    found = interpreter(modules or [name], packages or [name])
    return program([found, HERE / f"walk_{name}.py"], walkers)


def has_nvidia():
    """Fails where there is no NVIDIA GPU."""
    if not shutil.which("nvidia-smi"):
        raise Skipped("no NVIDIA driver (no nvidia-smi)")
    call(["nvidia-smi", "-L"])


def cuda(walkers):
    """The CUDA peer, by nvcc or, without it, compiled at run time."""
    has_nvidia()
    if not shutil.which("nvcc"):
        print("CUDA: no nvcc, so the kernel is compiled by NVRTC", file=sys.stderr)
        return python("cuda", walkers, ["cuda.bindings.nvrtc"], ["cuda-bindings<13", "nvidia-cuda-nvrtc-cu12"])
    BUILT.mkdir(parents=True, exist_ok=True)
    binary = BUILT / "walk_cuda"
    call(["nvcc", "-std=c++17", "-O3", "-arch=native", "-o", binary, HERE / "walk.cu"])
    return program([binary], walkers)


def jax_on_gpu(walkers):
    """JAX with its CUDA plugin."""
    has_nvidia()
    found = interpreter(["jax", "jax_cuda12_plugin"], ["jax[cuda12]"])
    return program([found, HERE / "walk_jax.py"], walkers)
