"""A cable that comes loose once: forward connections to a port, cut all of them after so many bytes, then be good.

Run as ``python dropping_proxy.py TARGET_PORT BYTES``; prints its own port.
"""

import selectors
import socket
import sys

BIG_READ = 1 << 16


def main(target_port: int, cut_after_bytes: int) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    watched = selectors.DefaultSelector()
    watched.register(listener, selectors.EVENT_READ)
    other: dict[socket.socket, socket.socket] = {}
    came_from_body = 0

    def drop_all() -> None:
        for end in list(other):
            watched.unregister(end)
            end.close()
        other.clear()

    while True:
        for key, _ in watched.select():
            end = key.fileobj
            if end is listener:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", target_port))
                for one, another in ((near, far), (far, near)):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    other[one] = another
                    watched.register(one, selectors.EVENT_READ, data="body" if one is far else "driver")
                continue
            if end not in other:
                continue  # dropped a moment ago
            data = end.recv(BIG_READ)
            if key.data == "body":
                came_from_body += len(data)
            if not data or 0 < cut_after_bytes < came_from_body:
                cut_after_bytes = cut_after_bytes if not data else 0
                drop_all()
                break
            other[end].sendall(data)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
