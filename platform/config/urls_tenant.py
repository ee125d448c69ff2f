"""A client shop's host: the demo page with the widget, the contact form, and the client's portal."""

from django.urls import include, path

from config import assets

handler400 = "config.answers.bad_request"
handler403 = "config.answers.forbidden"
handler404 = "config.answers.missing"
handler500 = "config.away.server_error"

urlpatterns = [
    path("", include("people.sign_in_urls")),
    path("", include("people.urls")),
    path("", include("conversations.urls_shop")),
    path("", include("desk.portal_urls")),
    path("assets/<path:path>", assets.asset),
    path("widget.js", assets.loader),
    path("", assets.page, {"name": "shop"}),
    path("chat/", assets.page, {"name": "chat"}),
    path("contact/", assets.page, {"name": "contact"}),
    path("case/<str:rest>", assets.page, {"name": "case"}),
    path("portal/", assets.page, {"name": "portal"}),
    path("portal/<path:rest>", assets.page, {"name": "portal"}),
]
