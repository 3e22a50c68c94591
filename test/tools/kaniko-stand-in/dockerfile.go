package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

type result struct {
	image v1.Image
	// Ways to go wrong that kaniko has no text for, from comments like "# stand-in: no-push".
	faults map[string]bool
}

type runError struct{ exitCode int }

func (e *runError) Error() string {
	return fmt.Sprintf("error building image: error building stage: failed to execute command: waiting for process to exit: exit status %d", e.exitCode)
}

func (o *options) runDockerfile() (*result, error) {
	path := o.dockerfile
	if !filepath.IsAbs(path) {
		path = filepath.Join(o.context, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("Error: error resolving dockerfile path: please provide a valid path to a Dockerfile within the build context with --dockerfile")
	}
	files := map[string][]byte{}
	faults := map[string]bool{}
	for number, line := range strings.Split(string(text), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if strings.HasPrefix(line, "# stand-in: ") {
			faults[words[2]] = true
			continue
		}
		if err := o.step(number+1, words, files); err != nil {
			return nil, err
		}
	}
	if files["build-args"], err = json.Marshal(o.buildArgs); err != nil {
		return nil, err
	}
	image, err := o.imageOf(files)
	return &result{image, faults}, err
}

func (o *options) step(number int, words []string, files map[string][]byte) error {
	info("%s", strings.Join(words, " "))
	if o.verbosity == "debug" || o.verbosity == "trace" {
		fmt.Fprintf(os.Stderr, "time=%q level=debug msg=\"line %d\"\n", time.Now().UTC().Format(time.RFC3339), number)
	}
	switch words[0] {
	case "FROM":
		return o.from(words[1])
	case "RUN":
		return o.run(words[1:])
	case "COPY":
		source := filepath.Join(o.context, words[1])
		content, err := os.ReadFile(source)
		if err != nil {
			return fmt.Errorf("error building image: error building stage: failed to get fileinfo for %s: lstat %s: no such file or directory", source, source)
		}
		files[strings.TrimPrefix(words[2], "/")] = content
	case "ARG", "LABEL", "CMD", "#":
	default:
		return fmt.Errorf("error building image: parsing dockerfile: dockerfile parse error on line %d: unknown instruction: %s", number, words[0])
	}
	return nil
}

func (o *options) from(base string) error {
	if base == "scratch" {
		return nil
	}
	if err := o.pull(base); err != nil {
		return fmt.Errorf("error building image: unable to complete operation after 0 attempts, last error: %w", err)
	}
	return nil
}

// RUN true | secret ID | exit N | say TEXT | sleep SECONDS | environment | executable | root | nobody
func (o *options) run(words []string) error {
	switch words[0] {
	case "exit":
		code, _ := strconv.Atoi(words[1])
		return &runError{code}
	case "say":
		fmt.Println(strings.Join(words[1:], " "))
	case "sleep":
		return startSleeper(words[1])
	case "secret":
		return o.readSecret(words[1])
	case "environment":
		fmt.Println("environment:", strings.Join(os.Environ(), " "))
	case "executable":
		_, err := os.Lstat("/proc/self/exe")
		target, _ := os.Readlink("/proc/self/exe")
		fmt.Printf("executable: pid %d, link there: %t, target %s\n", os.Getpid(), err == nil, target)
	case "nobody":
		return runAsNobody()
	case "root":
		entries, _ := os.ReadDir("/")
		for _, entry := range entries {
			fmt.Println("root holds", entry.Name())
		}
		if status, err := os.Stat(os.Getenv("DOCKER_CONFIG") + "/config.json"); err == nil {
			fmt.Printf("credentials have mode %04o\n", status.Mode().Perm())
		}
	}
	if !o.cache {
		return nil
	}
	return o.pushCacheLayer(strings.Join(words, " "))
}

// As kaniko starts a RUN after USER 65534: with that uid alone, whose first step is to reach its program.
func runAsNobody() error {
	command := exec.Command(executableDirectory()+"/executor", "look-as-run")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	command.Stdout = os.Stdout
	if err := command.Run(); err != nil {
		return fmt.Errorf("error building image: error building stage: failed to execute command: starting command: %w", err)
	}
	return nil
}

// What a program of no rights finds: who may enter which folder, and where it may write.
func lookAsRun() {
	for _, path := range []string{"/", "/dev", "/dev/shm", "/etc", "/kaniko", "/proc", "/tmp"} {
		status, err := os.Stat(path)
		if err != nil {
			fail(1, "%v", err)
		}
		mode := status.Sys().(*syscall.Stat_t).Mode
		fmt.Printf("nobody sees %s %04o\n", path, mode&0o7777)
	}
	fmt.Printf("nobody sees umask %04o\n", syscall.Umask(0))
	for _, path := range []string{"/dev/null", "/dev/shm/made", "/tmp/made"} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			fail(1, "%v", err)
		}
	}
	if _, err := os.ReadFile("/etc/hosts"); err != nil {
		fail(1, "%v", err)
	}
	random, err := os.Open("/dev/urandom")
	if err != nil {
		fail(1, "%v", err)
	}
	if _, err := io.ReadFull(random, make([]byte, 16)); err != nil {
		fail(1, "/dev/urandom: %v", err)
	}
}

// Says how long a build secret is, as a RUN --mount=type=secret could.
func (o *options) readSecret(id string) error {
	for _, secret := range o.secrets {
		if field(secret, "id") != id {
			continue
		}
		content, err := os.ReadFile(field(secret, "src"))
		fmt.Printf("secret %s has %d bytes\n", id, len(content))
		return err
	}
	return &runError{1}
}

// As kaniko starts a RUN: in a process group of its own, so that a signal to kaniko does not reach it.
func startSleeper(seconds string) error {
	command := exec.Command(executableDirectory()+"/executor", "sleep-as-run", seconds)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Stdout = os.Stdout
	return command.Run()
}

func sleepAsRun(seconds string) {
	fmt.Println("RUN sleeps")
	duration, _ := strconv.Atoi(seconds)
	time.Sleep(time.Duration(duration) * time.Second)
}
