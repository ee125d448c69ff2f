"""The engine on simulated time: what the floor would do with a scenario's work and staff."""
