"""A new client shop, ready to work; see ``desk.onboarding``."""

from desk.onboarding import open_shop

__all__ = ["open_shop"]
