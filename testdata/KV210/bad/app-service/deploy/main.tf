resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_linux_web_app" "web" { # expect: KV210
  name                = "web"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.Web/serverFarms/shop"
  tags                = merge(var.tags, { "azd-service-name" = "web" })

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  app_settings = { SCM_DO_BUILD_DURING_DEPLOYMENT = "true" }

  site_config {}
}

variable "tags" {
  type    = map(string)
  default = {}
}
