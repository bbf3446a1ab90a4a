"""One graph of everything that decides whether a workload reaches its secrets."""
