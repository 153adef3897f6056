"""What this machine's processor can do."""

from functools import cache
from pathlib import Path
from typing import Final

_CPU_INFO: Final = Path("/proc/cpuinfo")


@cache
def has_bfloat16() -> bool:
    """Return whether the processor multiplies bfloat16 itself (AVX-512 BF16 or AMX).

    Elsewhere it is emulated, many times slower than float32. False where Linux does not say.
    """
    try:
        flags = _CPU_INFO.read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


@cache
def model_name() -> str:
    """Return the processor's own name for itself, or "unknown"."""
    try:
        lines = _CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "unknown"
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "unknown")
