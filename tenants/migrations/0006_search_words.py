from django.db import migrations

# A language's own stemmer behind unaccent: "devolución" and "devoluciones" are one word, with accents or without.
STEMMERS = {
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "pt": "portuguese",
    "simple": "simple",
}
_CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION public.words_{code} (COPY = pg_catalog.{stemmer});
ALTER TEXT SEARCH CONFIGURATION public.words_{code}
  ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.{dictionary};
"""
_CASES = " ".join(
    f"WHEN '{code}' THEN to_tsvector('public.words_{code}', left(body, 100000))"
    for code in STEMMERS
    if code not in ("es", "simple")
)
# Spanish takes "-ciones" off and leaves "-cion" where its accent is missing: with accents, both become one.
_SPANISH = (
    "to_tsvector('public.words_es', left(body, 100000)) || to_tsvector('pg_catalog.spanish', left(body, 100000))"
)
# Immutable, because indexes are over them: the dictionaries change with a new PostgreSQL alone.
_FUNCTIONS = f"""
CREATE FUNCTION public.search_words(language text, body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE language WHEN 'es' THEN {_SPANISH} {_CASES} ELSE to_tsvector('public.words_simple', left(body, 100000)) END;
CREATE FUNCTION public.fold(body text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN lower(public.unaccent('public.unaccent'::regdictionary, body));
"""
FORWARD = (
    "CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;\nCREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;\n"
    + "".join(
        _CONFIGURATION.format(
            code=code, stemmer=stemmer, dictionary="simple" if stemmer == "simple" else f"{stemmer}_stem"
        )
        for code, stemmer in STEMMERS.items()
    )
    + _FUNCTIONS
)
BACKWARD = "DROP FUNCTION public.search_words(text, text); DROP FUNCTION public.fold(text);" + "".join(
    f"DROP TEXT SEARCH CONFIGURATION public.words_{code};" for code in STEMMERS
)


class Migration(migrations.Migration):
    dependencies = [("tenants", "0005_shop_logo")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
