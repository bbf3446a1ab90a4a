workload_identity = false
