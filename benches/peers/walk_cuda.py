"""The kernels of walk.cu, compiled at run time and launched through NVIDIA's Python bindings, where there
is no nvcc: needs the packages cuda-bindings and nvidia-cuda-nvrtc. `walk_cuda.py compile` compiles for
Hopper and stops, for which no GPU is needed."""

import ctypes
import json
import struct
import sys
from pathlib import Path

from cuda.bindings import driver, nvrtc

from standard import BINS, STEPS, arguments

THREADS = 256
# Totals of walk.cu: four doubles, then 64-bit counts.
TOTALS = struct.Struct(f"4d{BINS}Q")


def checked(answer):
    """What a call returns, without its error code."""
    error, *rest = answer
    if error.value != 0:
        sys.exit(f"CUDA: {error}")
    return rest[0] if len(rest) == 1 else rest


def compiled(architecture):
    source = Path(__file__).with_name("walk.cu").read_bytes()
    program = checked(nvrtc.nvrtcCreateProgram(source, b"walk.cu", 0, [], []))
    options = [f"--gpu-architecture={architecture}".encode(), b"--std=c++17"]
    if nvrtc.nvrtcCompileProgram(program, len(options), options)[0].value != 0:
        log = b" " * checked(nvrtc.nvrtcGetProgramLogSize(program))
        checked(nvrtc.nvrtcGetProgramLog(program, log))
        sys.exit(log.decode())
    code = b" " * checked(nvrtc.nvrtcGetCUBINSize(program))
    checked(nvrtc.nvrtcGetCUBIN(program, code))
    return code


def main():
    measured, walkers = arguments()
    blocks = walkers // THREADS
    checked(driver.cuInit(0))
    device = checked(driver.cuDeviceGet(0))
    checked(driver.cuCtxSetCurrent(checked(driver.cuDevicePrimaryCtxRetain(device))))
    attribute = driver.CUdevice_attribute
    major = checked(driver.cuDeviceGetAttribute(attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device))
    minor = checked(driver.cuDeviceGetAttribute(attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device))
    module = checked(driver.cuModuleLoadData(compiled(f"sm_{major}{minor}")))
    kernel = checked(driver.cuModuleGetFunction(module, b"walk_b" if measured else b"walk_a"))
    totals = checked(driver.cuMemAlloc(TOTALS.size))
    began, ended = (checked(driver.cuEventCreate(0)) for _ in range(2))
    for seed in range(2):  # the first run warms up
        checked(driver.cuMemsetD8(totals, 0, TOTALS.size))
        parameters = ((int(totals), seed), (ctypes.c_void_p, ctypes.c_uint32))
        checked(driver.cuEventRecord(began, 0))
        checked(driver.cuLaunchKernel(kernel, blocks, 1, 1, THREADS, 1, 1, 0, 0, parameters, 0))
        checked(driver.cuEventRecord(ended, 0))
        checked(driver.cuEventSynchronize(ended))
    milliseconds = checked(driver.cuEventElapsedTime(began, ended))
    found = bytearray(TOTALS.size)
    checked(driver.cuMemcpyDtoH(found, totals, TOTALS.size))
    x, square, passed, waited, *histogram = TOTALS.unpack(bytes(found))
    n = blocks * THREADS
    result = {
        "device": checked(driver.cuDeviceGetName(128, device)).split(b"\0")[0].decode(),
        "version": f"NVRTC {'.'.join(map(str, checked(nvrtc.nvrtcVersion())))}",
        "walkers": n,
        "steps": STEPS,
        "seconds": milliseconds * 1e-3,
        "mean": x / n,
        "variance": square / n - (x / n) ** 2,
    }
    if measured:
        result |= {"passed": passed / n, "passage_time": waited / n, "histogram_states": sum(histogram)}
    print(json.dumps(result))


if sys.argv[1:] == ["compile"]:
    print(json.dumps({"bytes": len(compiled("sm_90"))}))
else:
    main()
