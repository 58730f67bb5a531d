package dev.ecdysis.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// In the tables `;` stands for CR LF, `~` for CR and `_` for a space.
class RequestHeadTest {
    private final RequestHead head = new RequestHead();

    private RequestHead parse(String table) throws BadRequestException {
        String text = table.replace(";", "\r\n").replace('~', '\r').replace('_', ' ') + "\r\n\r\n";
        byte[] bytes = ("..." + text).getBytes(StandardCharsets.ISO_8859_1);
        head.parse(bytes, 3, bytes.length);
        return head;
    }

    @ParameterizedTest
    @CsvSource({
        "GET / HTTP/1.1, ROOT, 0",
        "GET /?ms=5 HTTP/1.1, ROOT, 0",
        "HEAD / HTTP/1.1, ROOT, 0",
        "GET /slow?ms=0 HTTP/1.1, SLOW, 0",
        "GET /slow?ms=600000 HTTP/1.1, SLOW, 600000",
        "GET /slow?ms=600001 HTTP/1.1, SLOW, -1",
        "GET /slow?a=b&ms=7&c HTTP/1.1, SLOW, 7",
        "GET /slow?xms=7 HTTP/1.1, SLOW, -1",
        "GET /slow?ms HTTP/1.1, SLOW, -1",
        "GET /slow?ms= HTTP/1.1, SLOW, -1",
        "GET /slow?ms&ms=3 HTTP/1.1, SLOW, 3",
        "GET /slow HTTP/1.1, SLOW, -1",
        "GET /slow? HTTP/1.1, SLOW, -1",
        "GET /slow?ms=-1 HTTP/1.1, SLOW, -1",
        "GET /slow?ms=1x HTTP/1.1, SLOW, -1",
        "GET /bytes?n=1073741824 HTTP/1.1, BYTES, 1073741824",
        "GET /bytes?n=1073741825 HTTP/1.1, BYTES, -1",
        "GET /bytes?n=99999999999999999999 HTTP/1.1, BYTES, -1",
        "GET /stream?ms=2500 HTTP/1.1, STREAM, 2500",
        "GET http://h/slow?ms=1 HTTP/1.1, SLOW, 1",
        "GET http://h HTTP/1.1, NOWHERE, 0",
        "OPTIONS * HTTP/1.1, NOWHERE, 0",
        "GET /slow/ HTTP/1.1, NOWHERE, 0",
        "GET //slow HTTP/1.1, NOWHERE, 0",
        "GET /%73low HTTP/1.1, NOWHERE, 0"})
    void findsTheRoute(String line, Route route, long number) throws BadRequestException {
        parse(line + ";Host: h");
        assertThat(head.route()).isEqualTo(route);
        assertThat(head.number()).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({"GET, true, false", "HEAD, true, true", "POST, false, false", "get, false, false",
        "GETS, false, false"})
    void knowsTheMethod(String method, boolean getOrHead, boolean onlyHead) throws BadRequestException {
        parse(method + " / HTTP/1.1;Host: h");
        assertThat(head.isGetOrHead()).isEqualTo(getOrHead);
        assertThat(head.isHead()).isEqualTo(onlyHead);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "HTTP/1.1;Host: h | true",
        "HTTP/1.2;Host: h | true",
        "HTTP/1.1;Host: h;Connection: close | false",
        "HTTP/1.1;Host: h;CONNECTION:CLOSE | false",
        "HTTP/1.1;Host: h;Connection: upgrade ,\tclose | false",
        "HTTP/1.1;Host: h;Connection: x;Connection: close | false",
        "HTTP/1.1;Host: h;Connection: closed | true",
        "HTTP/1.1;Host: h;Connection: | true",
        "HTTP/1.1;Host: h;X-Connection: close | true",
        "HTTP/1.0 | false",
        "HTTP/1.0;Connection: Keep-Alive | true",
        "HTTP/1.0;Connection: keep-alive, close | false"})
    void knowsHowLongTheConnectionLasts(String rest, boolean persistent) throws BadRequestException {
        assertThat(parse("GET / " + rest).isPersistent()).isEqualTo(persistent);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "A: b | 0 | false",
        "Content-Length: 0 | 0 | false",
        "content-length:_10485760_ | 10485760 | false",
        "Content-Length: 000012 | 12 | false",
        "Content-Length: 5;Expect: 100-Continue | 5 | true"})
    void knowsTheBody(String header, long length, boolean expects) throws BadRequestException {
        parse("GET / HTTP/1.1;Host: h;" + header);
        assertThat(head.headers().bodyLength()).isEqualTo(length);
        assertThat(head.headers().expectsContinue()).isEqualTo(expects);
    }

    @Test
    void forgetsTheRequestBefore() throws BadRequestException {
        parse("HEAD /slow?ms=1 HTTP/1.0;Connection: close;Content-Length: 5");
        parse("GET / HTTP/1.1;Host: h");
        assertThat(head.isHead()).isFalse();
        assertThat(head.isPersistent()).isTrue();
        assertThat(head.headers().bodyLength()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET / | BAD_REQUEST",
        "GET | BAD_REQUEST",
        "_ | BAD_REQUEST",
        "GET  / HTTP/1.1;Host: h | BAD_REQUEST",
        "GET /  HTTP/1.1;Host: h | BAD_REQUEST",
        "GET /a b HTTP/1.1;Host: h | BAD_REQUEST",
        "GET /\u0001 HTTP/1.1;Host: h | BAD_REQUEST",
        "GET /\u00e4 HTTP/1.1;Host: h | BAD_REQUEST",
        "GET slow HTTP/1.1;Host: h | BAD_REQUEST",
        "CONNECT h:443 HTTP/1.1;Host: h | BAD_REQUEST",
        "G@T / HTTP/1.1;Host: h | BAD_REQUEST",
        "GET / http/1.1;Host: h | BAD_REQUEST",
        "GET / HTTP/1,1;Host: h | BAD_REQUEST",
        "GET / HTTP/x.1;Host: h | BAD_REQUEST",
        "GET / HTTP/1.11;Host: h | BAD_REQUEST",
        "GET / HTTP/2.0;Host: h | VERSION_NOT_SUPPORTED",
        "GET / HTTP/0.9 | VERSION_NOT_SUPPORTED",
        "GET / HTTP/1.1 | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;Host: h | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;NoColon | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;: b | BAD_REQUEST",
        "GET / HTTP/1.1;Host : h | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;A: b;_folded | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;A: b\u0000c | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;A: b~Content-Length: 5 | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;\u00c4: b | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;Content-Length: +5 | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;Content-Length: -5 | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;Content-Length: 0x5 | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;Content-Length: 5, 5 | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;Content-Length: | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;Content-Length: 5;Content-Length: 5 | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;Content-Length: 10485761 | CONTENT_TOO_LARGE",
        "GET / HTTP/1.1;Host: h;Content-Length: 99999999999999999999999 | CONTENT_TOO_LARGE",
        "GET / HTTP/1.1;Host: h;Content-Length: 5;Transfer-Encoding: chunked | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;Transfer-Encoding: chunked;Content-Length: 5 | BAD_REQUEST",
        "GET / HTTP/1.0;Transfer-Encoding: chunked | BAD_REQUEST",
        "GET / HTTP/1.1;Host: h;Transfer-Encoding: Chunked | LENGTH_REQUIRED",
        "GET / HTTP/1.1;Host: h;Transfer-Encoding: gzip, chunked | NOT_IMPLEMENTED",
        "GET / HTTP/1.1;Host: h;Transfer-Encoding: identity | NOT_IMPLEMENTED",
        "GET / HTTP/1.1;Host: h;Transfer-Encoding: chunked;Transfer-Encoding: chunked | NOT_IMPLEMENTED",
        "GET / HTTP/1.1;Host: h;Expect: wonders | EXPECTATION_FAILED"})
    void refuses(String table, Status status) {
        BadRequestException refused = catchThrowableOfType(BadRequestException.class, () -> parse(table));
        assertThat(refused).isNotNull();
        assertThat(refused.status()).isEqualTo(status);
    }
}
