package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	runnerv1 "code.gitea.io/actions-proto-go/runner/v1"
	"code.gitea.io/actions-proto-go/runner/v1/runnerv1connect"
	"connectrpc.com/connect"
	"github.com/nektos/act/pkg/model"
	log "github.com/sirupsen/logrus"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// report gathers what the engine logs (as a logrus hook) and sends it to Gitea, secrets masked.
type report struct {
	client runnerv1connect.RunnerServiceClient
	cancel context.CancelFunc
	masks  []string

	mutex sync.Mutex
	state *runnerv1.TaskState
	rows  []*runnerv1.LogRow
	sent  int
}

func newReport(client runnerv1connect.RunnerServiceClient, task *runnerv1.Task, cancel context.CancelFunc) *report {
	r := &report{client: client, cancel: cancel}
	for _, secret := range task.GetSecrets() {
		r.mask(secret)
	}
	r.state = &runnerv1.TaskState{Id: task.GetId(), StartedAt: timestamppb.Now()}
	return r
}

func (r *report) prepare(job *model.Job) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for index := range job.Steps {
		r.state.Steps = append(r.state.Steps, &runnerv1.StepState{Id: int64(index)})
	}
}

// Levels makes report a logrus hook for everything the engine logs.
func (r *report) Levels() []log.Level { return log.AllLevels }

// Fire sees one log entry: a line of output, a mask, or the result of a step.
func (r *report) Fire(entry *log.Entry) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	raw, _ := entry.Data["raw_output"].(bool)
	if raw && strings.HasPrefix(entry.Message, "::add-mask::") {
		r.mask(strings.TrimSpace(strings.TrimPrefix(entry.Message, "::add-mask::")))
		return nil
	}
	step := r.stepOf(entry)
	if entry.Level <= log.InfoLevel {
		r.append(strings.TrimRight(entry.Message, "\r\n"), step)
	}
	if result, ok := entry.Data["stepResult"]; ok && step != nil && entry.Data["stage"] == "Main" {
		step.Result = resultOf(fmt.Sprint(result))
		step.StoppedAt = timestamppb.Now()
	}
	return nil
}

func (r *report) stepOf(entry *log.Entry) *runnerv1.StepState {
	number, ok := entry.Data["stepNumber"].(int)
	if !ok || number >= len(r.state.GetSteps()) {
		return nil
	}
	step := r.state.GetSteps()[number]
	if step.StartedAt == nil {
		step.StartedAt = timestamppb.Now()
		step.LogIndex = int64(len(r.rows))
	}
	return step
}

func (r *report) append(line string, step *runnerv1.StepState) {
	for _, secret := range r.masks {
		line = strings.ReplaceAll(line, secret, "***")
	}
	fmt.Println(line)
	r.rows = append(r.rows, &runnerv1.LogRow{Time: timestamppb.Now(), Content: line})
	if step != nil {
		step.LogLength = int64(len(r.rows)) - step.GetLogIndex()
	}
}

func (r *report) mask(secret string) {
	if secret != "" {
		r.masks = append(r.masks, secret)
	}
}

func (r *report) say(line string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.append(line, nil)
}

// keepAlive sends news every second; Gitea's answer says when the job was cancelled.
func (r *report) keepAlive(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
			r.sendLog(false)
			r.sendState()
		}
	}
}

func (r *report) finish(err error, cancelled bool) runnerv1.Result {
	r.mutex.Lock()
	r.state.Result = runnerv1.Result_RESULT_SUCCESS
	if err != nil {
		r.state.Result = runnerv1.Result_RESULT_FAILURE
	}
	if cancelled {
		r.state.Result = runnerv1.Result_RESULT_CANCELLED
	}
	for _, step := range r.state.GetSteps() {
		if step.GetResult() == runnerv1.Result_RESULT_UNSPECIFIED {
			step.Result = runnerv1.Result_RESULT_SKIPPED
		}
	}
	r.state.StoppedAt = timestamppb.Now()
	result := r.state.GetResult()
	r.mutex.Unlock()
	r.sendLog(true)
	r.sendState()
	return result
}

func (r *report) sendLog(last bool) {
	r.mutex.Lock()
	rows, index, id := r.rows[r.sent:], r.sent, r.state.GetId()
	r.mutex.Unlock()
	answer, err := r.client.UpdateLog(context.Background(), connect.NewRequest(&runnerv1.UpdateLogRequest{
		TaskId: id, Index: int64(index), Rows: rows, NoMore: last,
	}))
	if err == nil {
		r.mutex.Lock()
		r.sent = int(answer.Msg.GetAckIndex())
		r.mutex.Unlock()
	}
}

func (r *report) sendState() {
	r.mutex.Lock()
	state, _ := proto.Clone(r.state).(*runnerv1.TaskState)
	r.mutex.Unlock()
	answer, err := r.client.UpdateTask(context.Background(), connect.NewRequest(&runnerv1.UpdateTaskRequest{State: state}))
	if err == nil && answer.Msg.GetState().GetResult() == runnerv1.Result_RESULT_CANCELLED {
		r.cancel()
	}
}

func resultOf(text string) runnerv1.Result {
	switch text {
	case "success":
		return runnerv1.Result_RESULT_SUCCESS
	case "failure":
		return runnerv1.Result_RESULT_FAILURE
	case "cancelled":
		return runnerv1.Result_RESULT_CANCELLED
	default:
		return runnerv1.Result_RESULT_SKIPPED
	}
}
