"""A JPEG decoder with a fault: it kills its process at a file that bears a mark."""

from typing import Final

MARK: Final = b"crash-the-decoder"
# As the sitecustomize.py of a process that a test starts.
FAULTY_DECODER: Final = f"""
import os, signal
from PIL import JpegImagePlugin
inner = JpegImagePlugin.JpegImageFile._open
def _open(self):
    self.fp.seek(0)
    if {MARK!r} in self.fp.read():
        os.kill(os.getpid(), signal.SIGSEGV)
    self.fp.seek(0)
    inner(self)
JpegImagePlugin.JpegImageFile._open = _open
"""
