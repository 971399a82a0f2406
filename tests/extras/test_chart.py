"""The Helm chart, linted and rendered by Helm's own library, its objects held against the schemas of Kubernetes.

The schemas of the operators' own kinds (PodMonitor, PrometheusRule, ScaledObject) are in no package: the rules of the
second are checked by promtool, of the others what they point to.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from coordinator.settings.load import load_settings, load_worker_settings
from tests.extras.programs import ROOT, run

pytestmark = pytest.mark.extras

CHART = ROOT / "deploy/helm/fleetdrift"
EVERYTHING: dict[str, Any] = {
    "autoscaling": {"enabled": True},
    "podMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "prometheusRule": {"enabled": True, "runbooks": "https://wiki.example.com/runbooks/"},
    "imagePullSecrets": [{"name": "registry"}],
    "coordinator": {"replicas": 2, "podAnnotations": {"a": "b"}, "nodeSelector": {"disk": "fast"}},
    "worker": {"tolerations": [{"key": "batch", "operator": "Exists"}], "extraEnv": [{"name": "PGTZ", "value": "UTC"}]},
    "declaration": {
        "volume": {"persistentVolumeClaim": {"claimName": "infra"}},
        "initContainers": [{"name": "clone", "image": "registry.example.com/git:2"}],
    },
    "networkPolicy": {"extraEgress": [{"ports": [{"port": 6432, "protocol": "TCP"}]}]},
}
OPERATORS = {"PodMonitor", "PrometheusRule", "ScaledObject"}
KUBERNETES = ("1.25.0", "1.31.0", "1.37.0")
"""The oldest version that the chart allows, one between, and the newest whose schemas are known."""


def objects(values: dict[str, Any]) -> list[dict[str, Any]]:
    from deploy.helm.render import rendered

    return [each for text in rendered(values).values() for each in yaml.safe_load_all(text) if each]


@pytest.fixture(scope="module")
def everything() -> list[dict[str, Any]]:
    return objects(EVERYTHING)


def kind(found: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [each for each in found if each["kind"] == name]


def test_helm_finds_nothing_to_complain_of():
    import helm_python

    for values in ({}, EVERYTHING):
        result = helm_python.lint(str(CHART), values, strict=True)
        assert result["errors"] == []
        assert [each for each in result["messages"] if each["error"] != "icon is recommended"] == []


@pytest.mark.parametrize("version", KUBERNETES)
def test_every_object_is_one_of_kubernetes(everything, version):
    import kubernetes_validate

    for each in [*objects({}), *everything]:
        if each["kind"] not in OPERATORS:
            kubernetes_validate.validate(each, version, strict=True)


def test_the_plain_manifests_are_those_of_the_chart():
    from deploy.helm.render import MANIFESTS, manifests

    assert {path.name: path.read_text() for path in MANIFESTS.glob("*.yaml")} == manifests()


@pytest.mark.parametrize(
    "values",
    [
        {"wroker": {}},
        {"coordinator": {"replicas": 3}},
        {"autoscaling": {"minReplicas": 0}},
        {"image": {"digest": "latest"}},
        {"secrets": {"worker": ""}},
    ],
)
def test_a_value_that_cannot_be_is_refused(values):
    import helm_python

    with pytest.raises(helm_python.HelmError):
        objects(values)


def test_no_pod_has_root_privileges_or_a_root_file_system_that_it_can_write(everything):
    for deployment in kind(everything, "Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert {"cpu", "memory"} <= set(container["resources"]["limits"])


def test_the_chart_makes_no_secret_and_gives_workers_their_own(everything):
    assert kind(everything, "Secret") == []
    mounted = {
        each["metadata"]["name"]: [
            volume["secret"]["secretName"]
            for volume in each["spec"]["template"]["spec"]["volumes"]
            if "secret" in volume
        ]
        for each in kind(everything, "Deployment")
    }
    assert mounted == {
        "fleetdrift-coordinator": ["fleetdrift-coordinator"],
        "fleetdrift-worker": ["fleetdrift-worker"],
    }


def test_the_chart_s_configuration_loads_with_the_secrets_that_it_names(tmp_path):
    [config] = kind(objects({}), "ConfigMap")
    names = {"coordinator": ["scanner_password", "redis_url", "redis_key", "store_dsn", "api_token"]}
    names["worker"] = names["coordinator"][:3]
    for part, load in (("coordinator", load_settings), ("worker", load_worker_settings)):
        secrets = tmp_path / part
        secrets.mkdir()
        for name in names[part]:
            text = {"redis_url": "redis://fleetdrift:p@redis:6379/0", "store_dsn": "postgresql://a:b@c/d"}
            (secrets / name).write_text(text.get(name, "k" * 48))
        file = tmp_path / f"{part}.toml"
        file.write_text(config["data"]["fleetdrift.toml"].replace("/run/secrets/fleetdrift", str(secrets)))
        found = load(file)
        settings = found[0] if isinstance(found, tuple) else found
        assert settings.file.fleet.name == "main"
    told = (CHART / "values.yaml").read_text()
    assert f"# {', '.join(names['coordinator'])}\n" in told
    assert f"# {', '.join(names['worker'])}\n" in told


def test_what_selects_pods_finds_them(everything):
    pods = {
        each["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/component"]: each["spec"]["template"]
        for each in kind(everything, "Deployment")
    }
    selectors = [each["spec"]["selector"] for each in kind(everything, "Service")]
    selectors += [each["spec"]["podSelector"]["matchLabels"] for each in kind(everything, "NetworkPolicy")]
    for name in ("PodMonitor", "PodDisruptionBudget"):
        selectors += [each["spec"]["selector"]["matchLabels"] for each in kind(everything, name)]
    for selector in selectors:
        labels = pods[selector["app.kubernetes.io/component"]]["metadata"]["labels"]
        assert selector.items() <= labels.items()
    [monitor] = kind(everything, "PodMonitor")
    assert pods["coordinator"]["metadata"]["labels"][monitor["spec"]["jobLabel"]] == "fleetdrift"


def test_workers_are_scaled_by_what_waits_for_them(everything):
    [scaled] = kind(everything, "ScaledObject")
    [worker] = [each for each in kind(everything, "Deployment") if each["metadata"]["name"].endswith("worker")]
    assert scaled["spec"]["scaleTargetRef"]["name"] == worker["metadata"]["name"]
    assert "replicas" not in worker["spec"]
    assert kind(objects({}), "ScaledObject") == []
    query = scaled["spec"]["triggers"][0]["metadata"]["query"]
    assert "fleetdrift_queue_messages" in query
    assert "`fleetdrift_queue_messages`" in (ROOT / "docs/metrics.md").read_text()


def test_the_rules_are_prometheus_rules_and_name_the_runbooks_that_were_given(everything, tmp_path):
    rules = kind(everything, "PrometheusRule")
    assert [each["metadata"]["name"] for each in rules] == ["fleetdrift-recording", "fleetdrift-alerts"]
    for each in rules:
        file: Path = tmp_path / f"{each['metadata']['name']}.yml"
        file.write_text(yaml.safe_dump(each["spec"]))
        done = run("promtool", "check", "rules", file)
        assert done.returncode == 0, done.stderr
    urls = {rule["annotations"]["runbook_url"] for rule in rules[1]["spec"]["groups"][0]["rules"]}
    assert all(url.startswith("https://wiki.example.com/runbooks/") for url in urls)
