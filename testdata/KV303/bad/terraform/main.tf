variable "admin_access" {
  type    = string
  default = "Wd7-kqRz-41Lm" # expect: KV303
}

resource "azurerm_linux_virtual_machine" "jump" {
  name                = "vm-jump"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  size                = "Standard_B2s"
  admin_username      = "shopadmin"
  admin_password      = var.admin_access

  os_disk {
    caching              = "ReadWrite"
    storage_account_type = "Standard_LRS"
  }
}

resource "azurerm_key_vault_secret" "token" {
  name         = "orders-token"
  value        = "Hq3.vT8m.Zr6x" # expect: KV303
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.KeyVault/vaults/kv-shop"
}
