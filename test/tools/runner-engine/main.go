// Command runner-engine runs the jobs of a Gitea instance in host mode: Gitea's own runner protocol on one
// side, the job engine of act_runner 0.4.1 on the other. It stands in for act_runner's daemon, which is not
// to be had as a Go module; whatever a workflow, an action or a step sees is the engine's doing, not ours.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	runnerv1 "code.gitea.io/actions-proto-go/runner/v1"
	"connectrpc.com/connect"
)

type settings struct {
	instance string
	name     string
	labels   []string
	workdir  string
}

func main() {
	var s settings
	var labels string
	flag.StringVar(&s.instance, "instance", "", "URL of the Gitea instance")
	flag.StringVar(&s.name, "name", "lab-runner", "name to register under")
	flag.StringVar(&labels, "labels", "", "labels, comma separated; each runs on this host")
	flag.StringVar(&s.workdir, "workdir", "", "directory for checkouts, action clones and RUNNER_TEMP")
	flag.Parse()
	s.labels = strings.Split(labels, ",")
	if err := run(s, os.Getenv("RUNNER_REGISTRATION_TOKEN")); err != nil {
		fmt.Fprintln(os.Stderr, "runner-engine:", err)
		os.Exit(1)
	}
}

func run(s settings, registrationToken string) error {
	// As act_runner's run.sh does: every step inherits this process's environment.
	os.Unsetenv("RUNNER_REGISTRATION_TOKEN")
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	client, err := register(ctx, s, registrationToken)
	if err != nil {
		return fmt.Errorf("register at %s: %w", s.instance, err)
	}
	fmt.Println("runner-engine: registered, waiting for tasks")
	var version int64
	for ctx.Err() == nil {
		fetched, err := client.FetchTask(ctx, connect.NewRequest(&runnerv1.FetchTaskRequest{TasksVersion: version}))
		if err == nil {
			version = fetched.Msg.GetTasksVersion()
			if task := fetched.Msg.GetTask(); task != nil {
				runTask(ctx, client, s, task)
				version = 0
				continue
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(300 * time.Millisecond):
		}
	}
	return nil
}
