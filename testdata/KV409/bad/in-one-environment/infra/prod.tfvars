workload_identity = true
