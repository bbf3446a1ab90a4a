require("@azure/identity");
