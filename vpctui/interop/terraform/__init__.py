"""What `terraform show -json` prints of a state or a plan, as the same account that `describe-*` answers fill."""
