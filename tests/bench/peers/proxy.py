# SPDX-License-Identifier: GPL-3.0-or-later
"""A TCP proxy that counts what goes through it: bytes each way, and HTTP requests by their first lines."""

import re
import socket
import threading

REQUEST = re.compile(rb"(?:GET|POST|PUT|HEAD|DELETE) \S+ HTTP/1\.1\r\n")


class Proxy:
    def __init__(self):
        self.target = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.reset()
        threading.Thread(target=self._accept, daemon=True).start()

    def reset(self):
        with self.lock:
            self.up = self.down = self.requests = 0

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._pump, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, False), daemon=True).start()

    def _pump(self, source, sink, upwards):
        try:
            while data := source.recv(1 << 16):
                with self.lock:
                    if upwards:
                        self.up += len(data)
                        self.requests += len(REQUEST.findall(data))
                    else:
                        self.down += len(data)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            sink.close()
