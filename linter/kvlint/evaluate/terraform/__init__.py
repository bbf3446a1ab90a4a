"""Terraform: from the files of a folder to evaluated resources."""
