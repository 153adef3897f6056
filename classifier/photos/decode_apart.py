"""`python -m classifier.photos.decode_apart BYTES`: decode photos that may crash the decoder.

Each photo comes on the standard input as its length, eight bytes, and its bytes; one byte is
answered when it is dealt with, whether or not it is a photo. BYTES is the memory that may be used.
What the decoder cannot bear ends the process by a signal before that byte. The end of the input
ends it too.
"""

import resource
import struct
import sys
from contextlib import suppress
from typing import Final

from classifier.photos.decoding import DecodingError, decode

LENGTH: Final = struct.Struct(">Q")
DONE: Final = b"."


def main() -> None:
    memory = int(sys.argv[1])
    # Of writable memory: the address space also counts what is merely reserved.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        with suppress(DecodingError):
            decode(source.read(*LENGTH.unpack(head)), at_least=1)
        answers.write(DONE)
        answers.flush()


if __name__ == "__main__":
    main()
