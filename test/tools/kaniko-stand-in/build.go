package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The order is kaniko's: container check, mounts, push permission, Dockerfile, digest file, push, record.
func build(o *options) error {
	executableDirectory()
	if os.Getenv("container") == "" && !o.force {
		return fmt.Errorf("kaniko should only be run inside of a container, run with the --force flag if you are sure you want to continue")
	}
	if _, err := os.ReadFile("/proc/self/mountinfo"); err != nil {
		return fmt.Errorf("error building image: failed to initialize ignore list: %w", err)
	}
	if os.Getenv("USER") == "" {
		return fmt.Errorf("getting user group from chown: failed to lookup current user: user: Current requires cgo or $USER set in environment")
	}
	if err := o.copySecrets(); err != nil {
		return err
	}
	for _, destination := range o.destinations {
		if err := o.checkPush(destination); err != nil {
			return fmt.Errorf("error checking push permissions: checking push permission for %q: %w", destination, err)
		}
	}
	result, err := o.buildInPlace()
	if err != nil {
		return err
	}
	if err := o.deliver(result); err != nil {
		return err
	}
	return o.cleanKanikoDirectory()
}

func (o *options) deliver(result *result) error {
	digest, err := result.image.Digest()
	if err != nil {
		return err
	}
	if result.faults["no-digest"] {
		return nil
	}
	if err := o.writeDigest(digest.String()); err != nil {
		return fmt.Errorf("error pushing image: writing digest to file failed: %w", err)
	}
	for index, destination := range o.destinations {
		info("Pushing image to %s", destination)
		if result.faults["no-push"] || (result.faults["one-push"] && index > 0) {
			continue
		}
		if err := o.push(destination, result.image); err != nil {
			return fmt.Errorf("error pushing image: failed to push to destination %s: %w", destination, err)
		}
		info("Pushed %s@%s", destination[:strings.LastIndex(destination, ":")], digest)
	}
	if result.faults["wrong-record"] {
		return record(o.destinations, "sha256:"+strings.Repeat("0", 64))
	}
	return record(o.destinations, digest.String())
}

func (o *options) writeDigest(digest string) error {
	if err := os.MkdirAll(filepath.Dir(o.digestFile), 0o700); err != nil {
		return err
	}
	return os.WriteFile(o.digestFile, []byte(digest), 0o644)
}

// Kaniko's only record of what it pushed; cache pushes write it too.
func record(names []string, digest string) error {
	directory := os.Getenv("BUILDER_OUTPUT")
	if directory == "" {
		return nil
	}
	file, err := os.Create(filepath.Join(directory, "images"))
	if err != nil {
		return err
	}
	defer file.Close()
	for _, name := range names {
		line := map[string]string{"name": name, "digest": digest}
		if err := json.NewEncoder(file).Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func field(list, name string) string {
	for _, part := range strings.Split(list, ",") {
		if key, value, _ := strings.Cut(part, "="); key == name {
			return value
		}
	}
	return ""
}
