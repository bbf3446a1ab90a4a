"""The functions of Terraform."""
