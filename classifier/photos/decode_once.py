"""`python -m classifier.photos.decode_once BYTES < FILE`: decode one photo and end.

For files that may crash the decoder: BYTES is the memory it may use. The exit status is 0 for a
photo and 1 for what is none; a signal ends it for what the decoder cannot bear.
"""

import resource
import sys

from classifier.photos.decoding import DecodingError, decode


def main() -> int:
    memory = int(sys.argv[1])
    # Of writable memory: the address space also counts what is merely reserved.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    try:
        decode(sys.stdin.buffer.read(), at_least=1)
    except DecodingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
