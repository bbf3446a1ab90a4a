"""What sorts of files there are: guessed by the discovery, judged by content, named in reports."""

from __future__ import annotations

from enum import Enum


class FileKind(Enum):
    """What kvlint takes a file for, as the footer names it."""

    TERRAFORM = "Terraform"
    TERRAFORM_VARIABLES = "Terraform variables"
    TERRAFORM_PLAN = "Terraform plan"
    TERRAFORM_STATE = "Terraform state"
    TERRAGRUNT = "Terragrunt"
    BICEP = "Bicep"
    ARM = "ARM template"
    KUBERNETES = "Kubernetes"
    CONTAINER_APP = "Container App"
    KUSTOMIZE = "Kustomize"
    HELM = "Helm"
    WORKFLOW = "workflow"
    SCRIPT = "script"
    OTHER = "other"
