"""Feeds the engine from the rows and writes its decisions back; see ``routing.dispatcher.loop``."""
