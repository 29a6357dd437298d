%% Erlang's distribution between two processes: 64 servers that send the payload of a call back and count casts.
%%
%%   escript echo.escript serve NAME         prints the node's name, then how many casts were handled, a line for a line
%%   escript echo.escript call NAME SERVER   for a line `ask|tell SIZE CALLERS WARM_UP ROUND WINDOW` (times in ms) prints
%%                                           `CALLS SECONDS P50 P99 P999` (in µs), or why there is nothing to print
-module(echo).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2]).
-mode(compile).

-define(ACTORS, 64).

main(["serve", Name]) ->
    distribute(Name),
    persistent_term:put(handled, counters:new(1, [write_concurrency])),
    [{ok, _} = gen_server:start({local, actor(N)}, ?MODULE, [], []) || N <- lists:seq(0, ?ACTORS - 1)],
    io:format("~s~n", [node()]),
    lines(fun(_) -> io:format("~b~n", [handled()]) end);
main(["call", Name, Server]) ->
    distribute(Name),
    Node = list_to_atom(Server),
    pong = net_adm:ping(Node),
    io:format("ready~n"),
    lines(fun(Line) -> round(Node, string:lexemes(Line, " \n")) end).

distribute(Name) ->
    _ = os:cmd("epmd -daemon"),
    {ok, _} = net_kernel:start(list_to_atom(Name ++ "@127.0.0.1"), #{name_domain => longnames}),
    erlang:set_cookie(benches).

lines(Do) ->
    case io:get_line("") of
        eof -> halt(0);
        Line -> Do(Line), lines(Do)
    end.

actor(N) -> list_to_atom("echo_" ++ integer_to_list(N)).

handled() -> counters:get(persistent_term:get(handled), 1).

init([]) -> {ok, persistent_term:get(handled)}.

handle_call(handled, _, Handled) -> {reply, counters:get(Handled, 1), Handled};
handle_call(Payload, _, Handled) -> {reply, Payload, Handled}.

handle_cast(_, Handled) ->
    counters:add(Handled, 1, 1),
    {noreply, Handled}.

%% A round: all callers call until it is over; what ends before the warm-up does is not counted.
round(Node, [Bench, Size, Callers, WarmUp, Round, Window]) ->
    Payload = binary:copy(<<"x">>, list_to_integer(Size)),
    From = erlang:monotonic_time() + native(WarmUp),
    Until = From + native(Round),
    Sent = counters:new(1, [write_concurrency]),
    Seen = atomics:new(1, []),
    First = remote_handled(Node),
    Kind = list_to_atom(Bench),
    Me = self(),
    Call = fun(N) ->
        To = {actor(N rem ?ACTORS), Node},
        Me ! {samples, call(Kind, To, Payload, {From, Until, Sent, Seen, list_to_integer(Window)}, [])}
    end,
    Pids = [spawn_link(fun() -> Call(N) end) || N <- lists:seq(0, list_to_integer(Callers) - 1)],
    Watch = fun(Moment) -> watch(Kind, Node, First, Seen, Moment) end,
    {Begun, AtFrom} = Watch(From),
    {Ended, AtUntil} = Watch(Until),
    Samples = lists:sort(lists:append([receive {samples, S} -> S end || _ <- Pids])),
    drain(Kind, Node, First, Sent),
    Calls = case Kind of ask -> length(Samples); tell -> AtUntil - AtFrom end,
    Seconds = (Ended - Begun) / erlang:convert_time_unit(1, second, native),
    io:format("~b ~f ~f ~f ~f~n", [Calls, Seconds | [at(Samples, Share) || Share <- [0.5, 0.99, 0.999]]]).

call(Kind, To, Payload, {From, Until, Sent, Seen, Window} = Shared, Samples) ->
    Begun = erlang:monotonic_time(),
    case Begun < Until of
        false ->
            Samples;
        true ->
            ok = make(Kind, To, Payload, Sent, Seen, Window, Until),
            Ended = erlang:monotonic_time(),
            case Begun >= From andalso Ended =< Until of
                true -> call(Kind, To, Payload, Shared, [Ended - Begun | Samples]);
                false -> call(Kind, To, Payload, Shared, Samples)
            end
    end.

make(ask, To, Payload, _, _, _, _) ->
    Payload = gen_server:call(To, Payload, infinity),
    ok;
make(tell, To, Payload, Sent, Seen, Window, Until) ->
    IsFull = counters:get(Sent, 1) - atomics:get(Seen, 1) >= Window,
    case IsFull andalso erlang:monotonic_time() < Until of
        true ->
            timer:sleep(1),
            make(tell, To, Payload, Sent, Seen, Window, Until);
        false when IsFull ->
            ok;
        false ->
            counters:add(Sent, 1, 1),
            gen_server:cast(To, Payload)
    end.

%% Sleeps until then; of tells it looks every 2 ms how many were handled.
watch(ask, _, _, _, Moment) ->
    sleep_until(Moment),
    {erlang:monotonic_time(), 0};
watch(tell, Node, First, Seen, Moment) ->
    Handled = remote_handled(Node) - First,
    atomics:put(Seen, 1, Handled),
    case erlang:monotonic_time() >= Moment of
        true ->
            {erlang:monotonic_time(), Handled};
        false ->
            timer:sleep(2),
            watch(tell, Node, First, Seen, Moment)
    end.

drain(ask, _, _, _) -> ok;
drain(tell, Node, First, Sent) ->
    case remote_handled(Node) - First >= counters:get(Sent, 1) of
        true -> ok;
        false -> timer:sleep(2), drain(tell, Node, First, Sent)
    end.

remote_handled(Node) -> gen_server:call({actor(0), Node}, handled, infinity).

sleep_until(Moment) ->
    Left = erlang:convert_time_unit(Moment - erlang:monotonic_time(), native, millisecond),
    timer:sleep(max(Left, 0)).

native(Milliseconds) -> erlang:convert_time_unit(list_to_integer(Milliseconds), millisecond, native).

at([], _) -> 0.0;
at(Samples, Share) ->
    Sample = lists:nth(min(trunc(length(Samples) * Share) + 1, length(Samples)), Samples),
    erlang:convert_time_unit(Sample, native, nanosecond) / 1000.
