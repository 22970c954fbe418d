# The variables and the output that tofu.sh needs. This module makes a droplet of DigitalOcean; any provider will do.
variable "name" { type = string }
variable "public_key" { type = string }
variable "os" { type = string }
variable "tags" { type = list(string) }

variable "region" {
  type    = string
  default = "fra1"
}

terraform {
  required_providers {
    digitalocean = { source = "digitalocean/digitalocean", version = "~> 2.0" }
  }
}

locals {
  images = { debian12 = "debian-12-x64", debian13 = "debian-13-x64", ubuntu2404 = "ubuntu-24-04-x64" }
}

resource "digitalocean_droplet" "host" {
  name   = var.name
  region = var.region
  size   = "s-1vcpu-2gb"
  image  = local.images[var.os]
  tags   = var.tags
  user_data = join("\n", [
    "#cloud-config", "disable_root: false", "ssh_authorized_keys:", "  - ${var.public_key}", ""
  ])
}

output "host" {
  value = { address = digitalocean_droplet.host.ipv4_address, user = "root" }
}
