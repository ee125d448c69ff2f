"""The web process: Daphne, which ends in order. ``python -m config.serving`` takes Daphne's options.

Told to end (SIGTERM) it takes no connection any more, answers what was asked, and closes sockets with 4503, so that
their clients come back by themselves, to another process. Daphne by itself leaves requests unanswered.
"""

from __future__ import annotations

import signal
from typing import Any

from daphne.cli import CommandLineInterface
from daphne.http_protocol import WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor as _reactor

from config.away import TRY_AGAIN_LATER

# Twisted's stubs know the interface's name, not its methods.
reactor: Any = _reactor

# Whoever asked and got no answer within this time gets none; supervisors kill after ten seconds.
ANSWER_SECONDS = 7.0
LOOK_SECONDS = 0.05


class EndingServer(Server):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ports: list[Any] = []
        self.is_ending = False

    def run(self) -> None:
        # Twisted's own handlers are in place by then.
        reactor.callWhenRunning(signal.signal, signal.SIGTERM, lambda *_: reactor.callFromThread(self.begin_to_end))
        super().run()

    def listen_success(self, port: Any) -> None:
        self.ports.append(port)
        super().listen_success(port)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        queue = super().create_application(protocol, scope)
        if self.is_ending:
            _let_be_the_last(protocol)
        return queue

    def begin_to_end(self) -> None:
        """In the reactor's thread. A second time is meant: no more waiting."""
        if self.is_ending:
            self.stop()
            return
        self.is_ending = True
        for port in self.ports:
            port.stopListening()
        for protocol in list(self.connections):
            _let_be_the_last(protocol)
        reactor.callLater(LOOK_SECONDS, self._end_when_answered, reactor.seconds() + ANSWER_SECONDS)

    def _end_when_answered(self, until: float) -> None:
        if reactor.seconds() < until and any(_is_waited_for(protocol) for protocol in self.connections):
            reactor.callLater(LOOK_SECONDS, self._end_when_answered, until)
        else:
            self.stop()


def _let_be_the_last(protocol: Any) -> None:
    """A connection ends with the answer to what was asked on it; a socket now."""
    if isinstance(protocol, WebSocketProtocol):
        if protocol.state == protocol.STATE_OPEN:
            protocol.serverClose(TRY_AGAIN_LATER)
    elif _is_waited_for(protocol):
        protocol.channel.persistent = False
        if not protocol.startedWriting:
            protocol.responseHeaders.setRawHeaders(b"connection", [b"close"])


def _is_waited_for(protocol: Any) -> bool:
    return isinstance(protocol, WebRequest) and not protocol.finished and protocol.channel is not None


class Program(CommandLineInterface):
    server_class = EndingServer


if __name__ == "__main__":
    Program.entrypoint()
