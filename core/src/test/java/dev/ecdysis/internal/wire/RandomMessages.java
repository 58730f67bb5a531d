package dev.ecdysis.internal.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Messages of every kind with random content, the same ones for the same seed.
final class RandomMessages {
    private static final List<String> SNIPPETS = List.of("", "http", "tcp:[::1]:8080",
            "/run/app/ecdysis.sock", "ä",
            "\u0000", "\uD83D\uDE00", "two words", "line\nbreak", "a".repeat(300));

    private final RandomGenerator random;

    RandomMessages(RandomGenerator random) {
        this.random = random;
    }

    /// One of a random kind.
    Message next() {
        List<Supplier<Message>> kinds = kinds();
        return kinds.get(random.nextInt(kinds.size())).get();
    }

    /// One of each kind.
    List<Message> oneOfEach() {
        return kinds().stream().map(Supplier::get).toList();
    }

    private List<Supplier<Message>> kinds() {
        return List.of(this::hello, this::welcome, this::sockets,
                () -> new Message.Older(integer(), number(), number(), number()),
                () -> new Message.HandedOver(integer(), integer()),
                () -> new Message.Ready(texts(), Math.max(-1, number()), Math.max(-1, number())),
                Message.Signalled::new, Message.RelayEnded::new,
                () -> new Message.Streams(random.nextBoolean(), list(() -> random.nextInt(1, 3))),
                () -> new Message.Cutover(), () -> new Message.Heartbeat(number(), number()),
                () -> new Message.Checking(number(), number()),
                Message.Paused::new, () -> new Message.Committed(random.nextBoolean(), number()),
                () -> new Message.Draining(number(), texts()), Message.Drained::new,
                () -> new Message.Fail(text()), () -> new Message.Abandon(text()),
                () -> new Message.Stop(text()),
                this::upgradeRequest, Message.StatusRequest::new, Message.StopRequest::new,
                Message.DoctorRequest::new,
                () -> new Message.Progress(integer(), integer(), OptionalLong.of(number()), number(), number(), text()),
                () -> new Message.Result(fields(1)), () -> new Message.Report(fields(1)),
                () -> new Message.Refusal(text()), this::standing);
    }

    private Message standing() {
        return new Message.Standing(list(() -> new Message.OlderStanding(integer(), number(), texts())));
    }

    private Message upgradeRequest() {
        List<String> command = new ArrayList<>();
        for (String word : texts()) {
            command.add(word.replace('\0', '0'));
        }
        if (!command.isEmpty()) {
            command.addFirst("java");
        }
        return new Message.UpgradeRequest(command);
    }

    private Message hello() {
        int lowest = random.nextInt(1, 200);
        return new Message.Hello(lowest, random.nextInt(lowest, 256), number());
    }

    Message.Welcome welcome() {
        return new Message.Welcome(integer(), integer(), number(), launch(),
                new Message.Settings(number(), number(), number()));
    }

    Message.Sockets sockets() {
        int all = random.nextInt(1, 1_000);
        return new Message.Sockets(text(), "stream", text(), number(), number(), random.nextBoolean(), all,
                random.nextInt(1, Math.min(all, Limits.DESCRIPTORS) + 1),
                random.nextBoolean() ? Optional.empty() : Optional.of(new Message.Kept(text(), text())));
    }

    private Message.Launch launch() {
        return random.nextInt(4) == 0 ? new Message.LaunchFile(random.nextInt(1, Limits.LAUNCH_FILE + 1))
                : new Message.LaunchDescription(list(this::bytes), list(this::bytes), bytes(),
                        random.nextBoolean() ? Optional.empty() : Optional.of(bytes()));
    }

    Fields fields(int level) {
        Fields.Builder fields = Fields.builder();
        for (int i = random.nextInt(6); i > 0; i--) {
            String name = "n" + random.nextInt(4);
            switch (random.nextInt(level < Limits.DEPTH ? 4 : 3)) {
                case 0 -> fields.text(name, text());
                case 1 -> fields.number(name, number());
                case 2 -> fields.bytes(name, bytes());
                default -> fields.fields(name, fields(level + 1));
            }
        }
        return fields.build();
    }

    private long number() {
        return random.nextInt(4) == 0 ? random.nextInt(3) - 1 : random.nextLong();
    }

    private int integer() {
        return random.nextInt(4) == 0 ? random.nextInt(3) - 1 : random.nextInt();
    }

    private String text() {
        return SNIPPETS.get(random.nextInt(SNIPPETS.size())) + SNIPPETS.get(random.nextInt(SNIPPETS.size()));
    }

    private List<String> texts() {
        return list(this::text);
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    private <T> List<T> list(Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            list.add(element.get());
        }
        return list;
    }
}
