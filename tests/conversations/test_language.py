"""The language of a message: sentences of six languages, what is too short to say, and strings that break software."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.language import clean, detect

SIX = ["en", "es", "it", "de", "fr", "pt"]
NAUGHTY = Path(__file__).parents[3] / "shared" / "data" / "naughty_strings.json"
OWN_NAUGHTY = [
    "",
    "\x00",
    "null",
    "\ud800",
    "👾 🙇 💁",
    "ﷺ",
    "Ω≈ç√∫˜µ≤≥÷",
    "田中さんにあげて下さい",
    "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
    "٣٤٥",
    "\u202eabc",
]

SENTENCES = {
    "es": [
        "Hola, ¿dónde está mi pedido? Llevo dos semanas esperando",
        "Quiero devolver los pantalones, me quedan pequeños",
        "No puedo pagar con la tarjeta, me sale un error",
        "El paquete ha llegado roto y quiero que me devuelvan el dinero",
        "buenas tardes, cuando me van a responder?",
        "hola donde esta mi pedido",
        "ME HAN COBRADO DOS VECES EL MISMO PEDIDO",
        "Muchas gracias por la ayuda, ya está solucionado",
    ],
    "en": [
        "Hi, where is my order? I have been waiting for two weeks",
        "I want to return the trousers, they are too small",
        "my card gets declined every time I try to pay",
        "The parcel arrived broken and I would like a refund",
        "can somebody please answer me",
        "WHY WAS I CHARGED TWICE FOR THE SAME ORDER",
        "Thanks a lot for your help, it works now",
        "do you ship to Portugal",
    ],
    "it": [
        "Ciao, dove si trova il mio ordine? Aspetto da due settimane",
        "Vorrei restituire i pantaloni, sono troppo piccoli",
        "Non riesco a pagare con la carta, mi dà errore",
        "Il pacco è arrivato rotto e vorrei il rimborso",
        "buongiorno, quando mi rispondete?",
        "MI AVETE ADDEBITATO DUE VOLTE LO STESSO ORDINE",
        "Grazie mille per l'aiuto, adesso funziona",
        "spedite anche in Portogallo?",
    ],
    "de": [
        "Hallo, wo ist meine Bestellung? Ich warte seit zwei Wochen",
        "Ich möchte die Hose zurückgeben, sie ist zu klein",
        "Meine Karte wird bei jeder Zahlung abgelehnt",
        "Das Paket kam beschädigt an, ich will mein Geld zurück",
        "kann mir bitte jemand antworten",
        "WARUM WURDE MIR DAS ZWEIMAL ABGEBUCHT",
        "Vielen Dank für die Hilfe, jetzt geht es",
        "liefern Sie auch nach Portugal?",
    ],
    "fr": [
        "Bonjour, où est ma commande ? J'attends depuis deux semaines",
        "Je voudrais retourner le pantalon, il est trop petit",
        "Ma carte est refusée à chaque paiement",
        "Le colis est arrivé cassé et je veux être remboursé",
        "est-ce que quelqu'un peut me répondre",
        "POURQUOI AI-JE ÉTÉ DÉBITÉ DEUX FOIS",
        "Merci beaucoup pour votre aide, ça marche maintenant",
        "livrez-vous au Portugal ?",
    ],
    "pt": [
        "Olá, onde está a minha encomenda? Estou à espera há duas semanas",
        "Quero devolver as calças, ficam-me pequenas",
        "Não consigo pagar com o cartão, dá sempre erro",
        "A encomenda chegou partida e quero o meu dinheiro de volta",
        "boa tarde, quando é que me respondem?",
        "COBRARAM-ME DUAS VEZES A MESMA ENCOMENDA",
        "Muito obrigado pela ajuda, já está resolvido",
        "vocês entregam em Espanha?",
    ],
}


def test_sentences_of_six_languages_are_recognised() -> None:
    wrong = [
        (language, sentence, guess)
        for language, sentences in SENTENCES.items()
        for sentence in sentences
        if (guess := detect(sentence, SIX)).language != language
    ]
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize("other", ["en", "es", "pt", "fr"])
def test_an_italian_is_recognised_though_the_browser_says_otherwise(other: str) -> None:
    guess = detect("Ciao, vorrei sapere dove si trova il mio ordine", SIX, {"widget": other, "customer": other})
    assert (guess.language, guess.why) == ("it", "text") and guess.confidence > 0.8


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "👍",
        "👍👍👍👍👍👍👍👍👍👍👍👍👍",
        "12345",
        "https://www.example.com/dove/si/trova/il/mio/ordine",
        "sí",
        "AB-123-XY ES-4711",
    ],
)
def test_short_texts_fall_back_to_what_is_known_else_to_the_default(text: str) -> None:
    assert detect(text, SIX) == detect(text, SIX, {"widget": "ja"})
    assert (detect(text, SIX).language, detect(text, SIX).why) == ("en", "short: default")
    assert (detect(text, SIX, {"widget": "it-CH"}).language, detect(text, SIX, {"widget": "it"}).why) == (
        "it",
        "short: widget",
    )
    assert detect(text, SIX, {"widget": "it", "customer": "fr"}).language == "fr"


def test_a_known_language_tips_an_unclear_text() -> None:
    text = "problema tarjeta / cartão"
    assert detect(text, ["pt", "es"], {"customer": "es"}).language == "es"
    assert detect(text, ["es", "pt"], {"customer": "pt"}).language == "pt"


def test_only_the_contracts_languages_are_given() -> None:
    assert detect("Bon dia, on és la meva comanda? Fa dies que l'espero", ["en", "es"]).language == "es"
    german = detect("Wo ist meine Bestellung? Ich warte seit zwei Wochen", ["es", "en"])
    assert (german.language, german.why) == ("es", "foreign (de): default")
    chinese = detect("你好,我的订单在哪里?我想知道", ["es", "en"], {"widget": "en"})
    assert (chinese.language, chinese.why) == ("en", "foreign (zh): widget")
    assert detect("Hello there, how are you", ["it"]).language == "it"
    assert detect("Onde está a minha encomenda, por favor", ["es", "pt-BR"]).language == "pt-BR"
    assert detect("你好,我的订单在哪里?", ["en", "zh"]).language == "zh"


def test_a_language_that_the_model_does_not_know_can_only_be_known() -> None:
    assert detect("whatever was written here by someone", ["tlh", "en"]).language == "en"
    assert detect("ok", ["en", "tlh"], {"customer": "tlh"}).language == "tlh"


def test_quotes_links_and_mentions_do_not_count() -> None:
    mail = "Grazie, adesso funziona tutto benissimo\n\nOn Monday, Ana from Support wrote:\n> Hello, please try again\n"
    assert detect(mail, SIX).language == "it"
    assert clean("> quoted\nmio ordine").split() == ["mio", "ordine"]
    assert clean("@AcmeHelp #fail see https://a.b/c or me@x.org 4711").split() == ["see", "or"]
    assert detect("> Where is the order that I have paid for?\nok", SIX, {"customer": "it"}).why == "short: customer"


def test_no_allowed_language_is_a_mistake() -> None:
    with pytest.raises(ValueError):
        detect("hello", [])


def test_naughty_strings_are_all_answered() -> None:
    strings = json.loads(NAUGHTY.read_text("utf8")) if NAUGHTY.exists() else []
    if not strings:
        print("shared/data/naughty_strings.json is absent: own strings only")
    for text in [*strings, *OWN_NAUGHTY]:
        for known in ({}, {"widget": text, "customer": "es"}):
            guess = detect(text, SIX, known)
            assert guess.language in SIX and 0 <= guess.confidence <= 1 and guess.why


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=80), st.lists(st.sampled_from(SIX), min_size=1, unique=True))
def test_any_text_gets_an_allowed_language(text: str, allowed: list[str]) -> None:
    guess = detect(text, allowed)
    assert guess.language in allowed and detect(text, allowed) == guess


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "@" * 50_000, "on " * 50_000, "> " * 50_000, "x1" * 50_000, " \n" * 50_000]
)
def test_a_call_takes_milliseconds_whatever_the_text(text: str) -> None:
    detect("the model is loaded by a first text", SIX)
    begin = time.perf_counter()
    detect(text, SIX)
    assert time.perf_counter() - begin < 0.1
    begin = time.perf_counter()
    for _ in range(20):
        detect(SENTENCES["es"][0], SIX, {"widget": "en"})
    assert (time.perf_counter() - begin) / 20 < 0.01
