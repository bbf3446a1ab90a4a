/* A block on one line, a heredoc, escapes, and a template directive. */
variable "region" { default = "westeurope" }

locals {
  script = <<-SH
    echo "$${HOME} %%{ not a directive }"
    %{~for name in ["a", "b"]~}
    echo ${name}
    %{~endfor~}
  SH
  nested = { "a.b" : [1, 2, ], (var.region) = "x", }
  quoted = "tab\t quote\" unicode\u00e9"
}
