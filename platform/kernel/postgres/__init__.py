"""The database backend: django-tenants over Django, with a pool that survives a restart of the server."""
