storage = "UseDevelopmentStorage=true"
