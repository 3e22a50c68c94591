package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	runnerv1 "code.gitea.io/actions-proto-go/runner/v1"
	"code.gitea.io/actions-proto-go/runner/v1/runnerv1connect"
	"github.com/nektos/act/pkg/common"
	"github.com/nektos/act/pkg/model"
	"github.com/nektos/act/pkg/runner"
	log "github.com/sirupsen/logrus"
)

// runTask runs one job to its end and tells Gitea how it went. A job that fails is no error of ours.
func runTask(ctx context.Context, client runnerv1connect.RunnerServiceClient, s settings, task *runnerv1.Task) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	report := newReport(client, task, cancel)
	go report.keepAlive(ctx)
	err := execute(ctx, s, task, report)
	if err != nil {
		report.say(fmt.Sprintf("job failed: %v", err))
	}
	result := report.finish(err, ctx.Err() != nil)
	fmt.Printf("runner-engine: task %d: %s\n", task.GetId(), result)
}

func execute(ctx context.Context, s settings, task *runnerv1.Task, report *report) error {
	workflow, err := model.ReadWorkflow(bytes.NewReader(task.GetWorkflowPayload()))
	if err != nil {
		return fmt.Errorf("workflow: %w", err)
	}
	ids := workflow.GetJobIDs()
	if len(ids) != 1 {
		return fmt.Errorf("expected one job in the task, found %d", len(ids))
	}
	setNeeds(workflow.GetJob(ids[0]), task)
	plan, err := model.CombineWorkflowPlanner(workflow).PlanJob(ids[0])
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	config, err := configuration(s, task)
	if err != nil {
		return err
	}
	engine, err := runner.New(config)
	if err != nil {
		return err
	}
	report.prepare(workflow.GetJob(ids[0]))
	return engine.NewPlanExecutor(plan)(runner.WithJobLoggerFactory(common.WithLoggerHook(ctx, report), silent{}))
}

// The report alone prints a job's log, because it alone masks what a step asked it to mask.
type silent struct{}

func (silent) WithJobLogger() *log.Logger {
	logger := log.New()
	logger.SetOutput(io.Discard)
	return logger
}

// What the jobs before gave, as act_runner rewrites it into the workflow.
func setNeeds(job *model.Job, task *runnerv1.Task) {
	needs := make([]string, 0, len(task.GetNeeds()))
	for id := range task.GetNeeds() {
		needs = append(needs, id)
	}
	if len(needs) == 0 {
		return
	}
	_ = job.RawNeeds.Encode(needs)
}

func configuration(s settings, task *runnerv1.Task) (*runner.Config, error) {
	preset, event, err := githubContext(task)
	if err != nil {
		return nil, err
	}
	// Host mode: a directory of its own for every task, as the daemon does.
	workdir := filepath.Join(s.workdir, "work", fmt.Sprint(task.GetId()), preset.Repository)
	if err := os.MkdirAll(workdir, 0o755); err != nil {
		return nil, err
	}
	level := log.InfoLevel
	return &runner.Config{
		Workdir:               workdir,
		BindWorkdir:           true,
		ActionCacheDir:        filepath.Join(s.workdir, "actions"),
		LogOutput:             true,
		Env:                   environment(s, preset),
		Secrets:               task.GetSecrets(),
		Vars:                  task.GetVars(),
		GitHubInstance:        s.instance,
		AutoRemove:            true,
		NoSkipCheckout:        true,
		PresetGitHubContext:   preset,
		EventJSON:             event,
		DefaultActionInstance: s.instance,
		PlatformPicker:        func([]string) string { return "-self-hosted" },
		JobLoggerLevel:        &level,
	}, nil
}

func environment(s settings, preset *model.GithubContext) map[string]string {
	return map[string]string{
		"GITEA_ACTIONS":                "true",
		"GITEA_ACTIONS_RUNNER_VERSION": "engine-0.261.10",
		"ACTIONS_RUNTIME_URL":          s.instance + "/api/actions_pipeline/",
		"ACTIONS_RUNTIME_TOKEN":        preset.Token,
	}
}

func githubContext(task *runnerv1.Task) (*model.GithubContext, string, error) {
	fields := task.GetContext().GetFields()
	text := func(name string) string { return fields[name].GetStringValue() }
	event := fields["event"].GetStructValue().AsMap()
	eventJSON, err := json.Marshal(event)
	if err != nil {
		return nil, "", fmt.Errorf("event: %w", err)
	}
	token := task.GetSecrets()["GITEA_TOKEN"]
	if token == "" {
		token = task.GetSecrets()["GITHUB_TOKEN"]
	}
	return &model.GithubContext{
		Event:           event,
		RunID:           text("run_id"),
		RunNumber:       text("run_number"),
		Actor:           text("actor"),
		Repository:      text("repository"),
		EventName:       text("event_name"),
		Sha:             text("sha"),
		Ref:             text("ref"),
		RefName:         text("ref_name"),
		RefType:         text("ref_type"),
		HeadRef:         text("head_ref"),
		BaseRef:         text("base_ref"),
		Token:           token,
		RepositoryOwner: text("repository_owner"),
		RetentionDays:   text("retention_days"),
	}, string(eventJSON), nil
}
