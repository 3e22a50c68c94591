package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	runnerv1 "code.gitea.io/actions-proto-go/runner/v1"
	"code.gitea.io/actions-proto-go/runner/v1/runnerv1connect"
	"connectrpc.com/connect"
)

// register makes this process a runner of the instance and gives a client that speaks as it.
func register(ctx context.Context, s settings, token string) (runnerv1connect.RunnerServiceClient, error) {
	unregistered := newClient(s.instance, "", "")
	answer, err := unregistered.Register(ctx, connect.NewRequest(&runnerv1.RegisterRequest{
		Name: s.name, Token: token, Version: "engine-0.261.10", Labels: s.labels,
	}))
	if err != nil {
		return nil, err
	}
	runner := answer.Msg.GetRunner()
	client := newClient(s.instance, runner.GetUuid(), runner.GetToken())
	_, err = client.Declare(ctx, connect.NewRequest(&runnerv1.DeclareRequest{
		Version: "engine-0.261.10", Labels: s.labels,
	}))
	return client, err
}

func newClient(instance, uuid, token string) runnerv1connect.RunnerServiceClient {
	identify := connect.UnaryInterceptorFunc(func(next connect.UnaryFunc) connect.UnaryFunc {
		return func(ctx context.Context, request connect.AnyRequest) (connect.AnyResponse, error) {
			if uuid != "" {
				request.Header().Set("x-runner-uuid", uuid)
				request.Header().Set("x-runner-token", token)
			}
			return next(ctx, request)
		}
	})
	base := strings.TrimSuffix(instance, "/") + "/api/actions"
	return runnerv1connect.NewRunnerServiceClient(
		&http.Client{Timeout: 30 * time.Second}, base, connect.WithInterceptors(identify),
	)
}
