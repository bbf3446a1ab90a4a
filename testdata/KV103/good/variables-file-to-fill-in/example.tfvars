name = "Choose a name of your own"
