#!/usr/bin/env python3
"""An example for `driver: command`: hosts are droplets of DigitalOcean. Needs only Python 3.9. In the matrix file:

    platforms:
      digitalocean:
        driver: command
        command: contrib/platforms/digitalocean.py
        capabilities: [ready, price, power]
        secrets: { DIGITALOCEAN_TOKEN: { env: DIGITALOCEAN_TOKEN } }
        settings: { region: fra1, size: s-1vcpu-1gb, images: { debian12: debian-12-x64 } }

Droplets cost money until they are destroyed. Written from DigitalOcean's API reference and tried against a stand-in only.
docs/adding-a-platform.md has the protocol; `matrix platform test FILE` tries this program.
"""

import json
import os
import sys
import urllib.error
import urllib.request

TRANSIENT, UNAVAILABLE, FATAL = 75, 69, 1


def stop(status, message):
    print(message, file=sys.stderr)
    sys.exit(status)


def answer(**members):
    print(json.dumps({"protocol": 1, **members}))


def call(method, path, body=None):
    """One request; None if there is no such thing."""
    request = urllib.request.Request(settings.get("endpoint", "https://api.digitalocean.com/v2") + path, method=method)
    request.add_header("Authorization", "Bearer " + os.environ["DIGITALOCEAN_TOKEN"])
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, json.dumps(body).encode() if body else None, timeout=60) as reply:
            text = reply.read()
            return json.loads(text) if text else {}
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        stop(TRANSIENT if error.code == 429 or error.code >= 500 else FATAL, f"{method} {path}: {error.code} {error.read().decode(errors='replace')}")
    except (OSError, ValueError) as error:
        stop(TRANSIENT, f"{method} {path}: {error}")


def pages(path, key):
    """All pages of a list. One that is missing would look like machines that are gone."""
    found, page = [], 1
    while True:
        reply = call("GET", f"{path}{'&' if '?' in path else '?'}per_page=100&page={page}")
        if reply is None or key not in reply:
            stop(TRANSIENT, f"GET {path}: no {key}")
        found += reply[key]
        if not reply.get("links", {}).get("pages", {}).get("next"):
            return found
        page += 1


def droplets(tag):
    """Those that carry a tag: names are not unique, tags say whose they are."""
    return pages(f"/droplets?tag_name={tag}", "droplets")


def mine():
    return [droplet for droplet in droplets(f"solti-matrix-run-{resource['run']}") if droplet["name"] == resource["name"]]


def address(droplet):
    return next((network["ip_address"] for network in droplet["networks"]["v4"] if network["type"] == "public"), None)


def create():
    image = settings.get("images", {}).get(request["cell"]["os"]["name"])
    if not image:
        stop(UNAVAILABLE, f"settings.images has no {request['cell']['os']['name']}")
    user_data = "#cloud-config\nssh_authorized_keys:\n  - " + request["login"]["public_key"] + "\ndisable_root: false\n"
    body = {"name": resource["name"], "region": settings["region"], "image": image, "tags": resource["tags"], "user_data": user_data,
            "size": request["host"]["size"].get("type") or settings["size"]}
    made = mine() or [call("POST", "/droplets", body)["droplet"]]
    answer(id=str(made[0]["id"]), facts={"region": settings["region"]})


def destroy():
    for droplet in mine():
        call("DELETE", f"/droplets/{droplet['id']}")
    answer()


def listed():
    tag = f"solti-matrix-run-{request['run']}" if request["run"] else request["tag"]
    answer(resources=[{"name": droplet["name"], "id": str(droplet["id"]), "tags": droplet["tags"], "address": address(droplet)}
                      for droplet in droplets(tag)])


def ready():
    droplet = (call("GET", f"/droplets/{resource['id']}") or {}).get("droplet")
    if not droplet:
        stop(FATAL, f"droplet {resource['id']} is gone")
    if droplet["status"] != "active" or not address(droplet):
        stop(TRANSIENT, f"the droplet is {droplet['status']}")
    answer(address=address(droplet))


def power():
    call("POST", f"/droplets/{resource['id']}/actions", {"type": "power_on" if request["on"] else "power_off"})
    answer()


def price():
    prices = {size["slug"]: size for size in pages("/sizes", "sizes")}
    wanted = [prices[host["size"].get("type") or settings["size"]] for host in request["cell"]["hosts"]]
    answer(price={"hourly": sum(size["price_hourly"] for size in wanted), "monthly": sum(size["price_monthly"] for size in wanted),
                  "currency": "USD"})


request = json.load(sys.stdin)
settings, resource = request["settings"], request.get("resource", {})
verbs = {"create": create, "destroy": destroy, "list": listed, "ready": ready, "power": power, "price": price}
if sys.argv[1] not in verbs:
    stop(64, f"unknown verb {sys.argv[1]}")
verbs[sys.argv[1]]()
