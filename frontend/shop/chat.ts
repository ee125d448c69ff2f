/** The page that a shop may put into a frame: the chat alone, open, in the language that the frame's address names. */
const script = document.createElement("script");
script.src = "/widget.js";
script.dataset.open = "";
const asked = new URLSearchParams(location.search);
script.dataset.lang = asked.get("lang") ?? "";
script.dataset.line = asked.get("line") ?? "";
document.body.append(script);
