"""Start, watch and stop everything that a machine without a cluster needs to run Centralita.

Nothing here imports Django, but for `prepare` in a process of its own: installing and resetting must work before any
package is installed.
"""
