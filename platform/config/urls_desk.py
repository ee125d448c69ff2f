"""The desk host: staff of the BPO, for all clients."""

from django.urls import include, path, re_path

from config import assets

handler400 = "config.answers.bad_request"
handler403 = "config.answers.forbidden"
handler404 = "config.answers.missing"
handler500 = "config.away.server_error"

urlpatterns = [
    path("", include("people.sign_in_urls")),
    path("", include("people.urls")),
    path("", include("desk.urls")),
    path("assets/<path:path>", assets.asset),
    # Deep links belong to the console's own router; what looks like an API or a file is a 404.
    re_path(r"^(?!api/|_allauth/|assets/|ws/|in/)(?P<rest>.*)$", assets.page, {"name": "console"}),
]
