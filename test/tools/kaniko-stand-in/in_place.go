package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Only a container that a test made has this file: nothing else is ever touched.
const consent = "/.stand-in-may-clean"

// With --pre-cleanup kaniko deletes the root before it builds, and with --cleanup and --preserve-context it
// puts it back, whether the build went well or not: both in the order of names, the second being that of its
// tar. A kill in between leaves the root as it is then.
func (o *options) buildInPlace() (*result, error) {
	if !o.preCleanup {
		return o.runDockerfile()
	}
	saved := filepath.Join(executableDirectory(), "layers", "context")
	if err := os.MkdirAll(saved, 0o755); err != nil {
		return nil, err
	}
	move := o.mover()
	names := removable()
	for _, name := range names {
		if err := move("Deleting", "/"+name, filepath.Join(saved, name)); err != nil {
			return nil, err
		}
	}
	result, err := o.runDockerfile()
	if o.cleanup && o.preserveContext {
		for _, name := range names {
			if failed := move("Restoring", filepath.Join(saved, name), "/"+name); failed != nil {
				return nil, failed
			}
		}
		info("Context restored")
	}
	return result, err
}

// With "# stand-in: slowly" a kill finds the moment before a name that it waits for.
func (o *options) mover() func(verb, from, to string) error {
	text, _ := os.ReadFile(filepath.Join(o.context, o.dockerfile))
	slowly := strings.Contains(string(text), "# stand-in: slowly")
	return func(verb, from, to string) error {
		if slowly {
			info("%s %s", verb, filepath.Base(from))
			time.Sleep(400 * time.Millisecond)
		}
		return os.Rename(from, to)
	}
}

// Everything in the root but kaniko's own folder, mounts and what holds a mount.
func removable() []string {
	if _, err := os.Stat(consent); err != nil {
		fail(1, "stand-in: it deletes only where %s allows it", consent)
	}
	table, _ := os.ReadFile("/proc/self/mountinfo")
	entries, _ := os.ReadDir("/")
	names := []string{}
	for _, entry := range entries {
		name := entry.Name()
		held := strings.Contains(string(table), " /"+name+" ") || strings.Contains(string(table), " /"+name+"/")
		if !held && "/"+name != executableDirectory() && name != "dev" {
			names = append(names, name)
		}
	}
	return names
}

// Kaniko copies every secret into its own folder before it looks at anything else.
func (o *options) copySecrets() error {
	directory := filepath.Join(executableDirectory(), "secrets")
	for _, secret := range o.secrets {
		content, err := os.ReadFile(field(secret, "src"))
		if err != nil {
			return fmt.Errorf("Error: error resolving secrets: %w", err)
		}
		if err := os.MkdirAll(directory, 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(directory, field(secret, "id")), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Only where all went well: a failure ends the process before this.
func (o *options) cleanKanikoDirectory() error {
	if !o.cleanup {
		return nil
	}
	for _, name := range []string{"layers", "secrets"} {
		if err := os.RemoveAll(filepath.Join(executableDirectory(), name)); err != nil {
			return err
		}
	}
	return nil
}
