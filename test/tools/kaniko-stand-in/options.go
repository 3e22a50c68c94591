package main

import (
	"fmt"
	"strings"
)

type options struct {
	help, reproducible, cache, force           bool
	preCleanup, cleanup, preserveContext       bool
	context, dockerfile, digestFile, cacheRepo string
	destinations, buildArgs, labels, secrets   []string
	certificates                               map[string]string
	insecure                                   map[string]bool
	annotations                                []string
	platform, verbosity                        string
	clientCertificates                         map[string]string
}

// The flags of osscontainertools v1.28.3 that this action can meet.
const known = `annotation build-arg cache cache-repo cleanup compression context credential-helpers
custom-platform destination digest-file dockerfile dryrun force ignore-path image-format insecure
insecure-pull insecure-registry kaniko-dir label log-format log-timestamp materialize no-push
oci-layout-path pre-cleanup preserve-context push-retry registry-certificate registry-client-cert
registry-map reproducible secret single-snapshot skip-default-registry-fallback
skip-push-permission-check skip-tls-verify skip-tls-verify-registry tar-path target verbosity`

func knows(name string) bool {
	for _, flag := range strings.Fields(known) {
		if flag == name {
			return true
		}
	}
	return false
}

func usage() string {
	text := "Usage:\n  executor [flags]\n\nFlags:\n"
	for _, flag := range strings.Fields(known) {
		text += fmt.Sprintf("      --%-30s as kaniko has it\n", flag)
	}
	return text + "  -h, --help                         help for executor\n"
}

func parseOptions(args []string) (*options, error) {
	o := &options{certificates: map[string]string{}, insecure: map[string]bool{}, clientCertificates: map[string]string{}, dockerfile: "Dockerfile"}
	for _, arg := range args {
		name, value, _ := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		if name == "help" {
			o.help = true
			continue
		}
		if !strings.HasPrefix(arg, "--") || !knows(name) {
			return nil, fmt.Errorf("unknown flag: %s", arg)
		}
		o.set(name, value)
	}
	if !o.help && len(o.destinations) == 0 {
		return nil, fmt.Errorf("you must provide --destination, or use --no-push")
	}
	return o, nil
}

func (o *options) set(name, value string) {
	switch name {
	case "context":
		o.context = strings.TrimPrefix(value, "dir://")
	case "dockerfile":
		o.dockerfile = value
	case "digest-file":
		o.digestFile = value
	case "destination":
		o.destinations = append(o.destinations, value)
	case "build-arg":
		o.buildArgs = append(o.buildArgs, value)
	case "label":
		o.labels = append(o.labels, value)
	case "secret":
		o.secrets = append(o.secrets, value)
	case "cache-repo":
		o.cacheRepo = value
	case "registry-certificate":
		host, path, _ := strings.Cut(value, "=")
		o.certificates[host] = path
	case "registry-client-cert":
		host, paths, _ := strings.Cut(value, "=")
		o.clientCertificates[host] = paths
	case "annotation":
		o.annotations = append(o.annotations, value)
	case "custom-platform":
		o.platform = value
	case "verbosity":
		o.verbosity = value
	case "insecure-registry":
		o.insecure[value] = true
	case "reproducible":
		o.reproducible = true
	case "cache":
		o.cache = value == "" || value == "true"
	case "force":
		o.force = true
	case "pre-cleanup":
		o.preCleanup = true
	case "cleanup":
		o.cleanup = true
	case "preserve-context":
		o.preserveContext = true
	}
}
