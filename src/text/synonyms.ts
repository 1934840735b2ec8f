/**
 * Words of developers that mean the same, or nearly, in English and Korean. A question and its memory are seldom
 * written in the same words or even the same language; a small table of the trade's vocabulary bridges the most
 * frequent of those gaps without a model.
 *
 * Groups end with `;` or the line. Left of `~` words are interchangeable; right of it they are near.
 */
const GROUPS = `
db database 데이터베이스 디비 ~ postgres postgresql mysql sqlite 테이블 table schema
postgres postgresql pg psql 포스트그레스; k8s kubernetes kube 쿠버네티스 ~ cluster 클러스터
repo repository 저장소 리포지토리; config configuration setting settings 설정 구성 ~ option parameter 옵션
env environment 환경 ~ 환경변수 staging production; prod production 운영 프로덕션 실서버 live; staging 스테이징 ~ test
dev developer 개발자 개발 development; auth authentication 인증 ~ login authorization
authorization permission permissions 권한 인가 ~ access role 접근; login signin logon 로그인 ~ session
logout signout 로그아웃; password passphrase 비밀번호 패스워드 암호 ~ credential secret
credential credentials 자격증명 ~ secret password key; secret secrets 시크릿 비밀 ~ key token vault; token 토큰
user account 사용자 계정 회원 ~ customer; customer client 고객 ~ user shopper buyer
error failure 오류 에러 실패 ~ exception bug crash fault; exception 예외
bug defect 버그 결함 ~ error issue problem 문제; problem trouble 문제 ~ bug 버그 issue; issue ticket 이슈 티켓
crash 크래시 ~ panic segfault; outage incident downtime 장애 ~ down unavailable failure
slow sluggish latency 느림 느린 지연 ~ performance 성능
fast faster speed quick quickly speedup 빠름 빠르게 빨라 ~ performance 성능
performance 성능 ~ speed latency throughput slow; throughput 처리량; latency 지연 지연시간 응답시간; memory ram 메모리
leak 누수; cpu processor 씨피유; disk storage 디스크 스토리지 저장; cache caching 캐시 ~ redis memcached
queue 큐 대기열; broker rabbitmq kafka nats ~ queue; message 메시지 ~ event; event 이벤트; webhook 웹훅
api endpoint 엔드포인트; request call 요청 호출; response answer reply 응답 답 답변 답은; timeout 타임아웃 시간초과
retry retries 재시도 ~ backoff repeat; deploy deployment release rollout ship 배포 출시 릴리스 ~ publish launch
rollback revert 롤백 되돌리기 되돌림; version release 버전; upgrade update 업그레이드 업데이트 갱신 ~ renew
migrate migration 마이그레이션 이전 옮기 ~ move 옮긴다; schema 스키마; query sql 쿼리 조회; index indexes 인덱스 색인
table 테이블; column field 컬럼 열 필드; row record 행 레코드; transaction 트랜잭션; lock locking 락 잠금
deadlock 교착; connection 커넥션 연결 접속; pool 풀; backup snapshot 백업 ~ restore
restore recovery 복구 복원 ~ drill; test testing spec 테스트 시험 ~ verify; e2e endtoend; flaky 불안정
ci pipeline continuous 빌드 build ~ runner; build compile 빌드 컴파일; lint linter 린트 린터; coverage 커버리지
review 리뷰 검토 ~ approve; pr pullrequest mergerequest ~ review; merge 병합 머지 합치; commit 커밋; branch 브랜치
log logs logging 로그 기록; monitor monitoring observability 모니터링 관측 ~ alert metric dashboard
alert alarm alerting 알림 경보 알람 ~ notification; notification notify 알림 통지 푸시; metric metrics 지표 메트릭
dashboard 대시보드; trace tracing 추적; feature 기능; flag toggle 플래그; frontend 프론트 프론트엔드 ~ ui 화면
backend server 백엔드 서버; server 서버 ~ node machine; node 노드; ui interface 화면 인터페이스 ~ screen layout
screen page view 화면 페이지 뷰; button 버튼; form 폼 양식 서식; style css 스타일; theme 테마; dark 다크
mobile phone device 모바일 휴대폰 핸드폰 폰 기기 단말 ~ android ios; android 안드로이드 ~ samsung pixel
ios iphone ipad 아이폰 아이패드 ~ apple; tablet ipad 태블릿; safari 사파리; browser 브라우저
photo picture image 사진 이미지 ~ camera; upload 업로드 올리; download 다운로드 내려받기 내려받
sync synchronise synchronize synchronization 동기화; offline 오프라인; file 파일
folder directory 폴더 디렉터리 디렉토리; path 경로; encrypt encryption cipher 암호화; decrypt decryption 복호화
hash hashing 해시; sign signing signature 서명; certificate cert tls ssl 인증서; expire expiry expiration 만료 ~ ttl
security 보안 ~ vulnerability; vulnerability 취약점 ~ exploit xss idor injection; attack 공격; privacy gdpr 개인정보
pii personal 개인정보; mask redact anonymise anonymize pseudonymise pseudonymize 마스킹 익명화 ~ hide
price cost amount 가격 비용 금액; cost bill billing expense 비용 요금 ~ spend invoice 전기료
pay payment 결제 지불 ~ checkout charge; charge bill 청구; invoice 청구서 송장 ~ receipt; receipt 영수증
refund refunds 환불 ~ cancel; order 주문; cart basket 장바구니; checkout 체크아웃 ~ payment 결제
coupon promo promotion voucher 쿠폰 ~ discount; discount 할인; stock inventory 재고; shipping delivery 배송 배달
tax vat 세금 부가세; settlement 정산; bank wire transfer 은행 송금 이체; card 카드; money currency 돈 통화
vendor provider supplier 업체 ~ pg pg사 대행사; partner 파트너 제휴; rate ratelimit ~ limit throttle
limit quota cap 한도 제한; throttle throttling 스로틀; fraud 사기; document docs documentation 문서
note memo 메모 노트; meeting 회의 미팅; minutes 회의록; vacation holiday leave away 휴가 ~ absent
holiday 공휴일 휴일 명절 ~ 연휴; schedule cron 스케줄 예약 일정 ~ timer; job task batch 작업 배치 잡
cronjob scheduler 스케줄러; worker 워커; thread 스레드; process 프로세스
owner responsible contact lead 담당 담당자 책임자 ~ ask; team 팀; oncall 당직; handover 인수인계
rule policy guideline convention 규칙 정책 원칙; decide decision choose 결정 정했 정하 ~ agree
replace switch swap 교체 바꾸 ~ move migrate drop 대신; remove delete drop 삭제 제거 없애 ~ erase prune
add create 추가 생성; fix repair solve resolve cure remedy 수정 고치 고쳤 해결 조치 대책
why cause reason rootcause 왜 원인 이유 까닭 ~ because since bug incident 때문 버그 장애
who whom 누구 누가 누구한테 ~ owner lead ask contact 담당 담당자
duplicate twice double 중복 두번 ~ dedupe deduplicate; missing lost lose gone 유실 분실 누락; allow permit 허용
forbid ban block deny 금지 차단 ~ never; require must mandatory 필수 요구
library package dependency module 라이브러리 패키지 의존성; framework 프레임워크; tool 도구 툴; language 언어
translation translate i18n localisation localization 번역 다국어; typescript ts 타입스크립트
javascript js 자바스크립트; python 파이썬; kotlin 코틀린; java 자바; react 리액트; terraform 테라폼
docker container 도커 컨테이너; image 이미지; registry 레지스트리; network 네트워크 망; dns lookup; loadbalancer lb
firewall 방화벽; proxy 프록시; gateway 게이트웨이; session 세션; cookie 쿠키; retention 보관 보존 ~ keep kept
archive 보관; analytics 분석; report 보고서 리포트; experiment abtest 실험; model 모델; llm gpt ai 인공지능
embedding 임베딩; prompt 프롬프트; search 검색; pagination paging 페이징 페이지네이션; scroll scrolling 스크롤
list 목록 리스트; sort order 정렬; filter 필터; map 지도; location gps 위치; battery 배터리; startup launch 시작 기동
store 스토어 저장; architecture 아키텍처 구조 설계; design 디자인 설계; preference prefer like 취향 선호
answer reply 답 답변 대답; comment 주석 댓글 ~ thread; name naming 이름 ~ 명명; variable 변수
function method 함수 메서드; class 클래스; type 타입 자료형 형식; format 형식 포맷; time clock 시간 시계
date day 날짜 일자; timezone utc 시간대; dst daylight summertime; weekly 주간 매주 정기; monthly 월간 매달
quarter quarterly 분기; daily nightly 매일 일일; email mail 메일 이메일; sms text 문자; spam junk 스팸
scan scanner 스캔 스캐너; barcode ean 바코드; accessibility a11y 접근성
keyboard shortcut hotkey keybinding 단축키 키보드; extension plugin addon 확장 플러그인; editor ide 에디터 편집기
telemetry tracking usage 텔레메트리; support 지원 ~ help; version 버전; minimum oldest lowest 최소
maximum largest most 최대; average mean 평균; parallel concurrent concurrency 동시 병렬; race 경합; isolation 격리
rounding round 반올림; negative minus 음수 마이너스; bundle chunk 번들 청크; lazy 지연
salary pay compensation 급여 연봉; remote wfh 재택 재택근무; onboarding 온보딩 신입; goal target objective okr 목표
employee staff 직원 ~ 퇴사자; resign quit 퇴사 그만둔; government legal law 법 법무; finance accounting 재무 회계
license licence 라이선스; gpu 그래픽; electricity power 전기 전력 전원; excel spreadsheet xlsx 엑셀
big large huge great enormous 큰 크게 대형; small little tiny minor 작은 소형
prevent stop avoid block protect guard 막 막았 방지 예방 ~ forbid; split separate divide 나누 분리
combine merge join unify 합치 통합 통일; check validate verify verification validation 확인 검증
guess predict 추측 예측; cite quote reference mention 인용
outdated stale obsolete withdrawn deprecated 오래된 낡은 ~ old; assistant bot chatbot 챗봇 봇
malicious hostile evil 악성; reduce decrease lower shrink cut lessen 줄이 줄여 감소 낮추 ~ save 아끼
increase raise grow rise 늘리 늘려 증가 올리 높이; begin start open launch 시작
finish stop close terminate quit 끝내 종료 중단 마감; display visible see 표시 보여; hide conceal mask 숨기
send deliver dispatch transmit 보내 발송 전송 송신; receive get obtain 받 수신; buy purchase 구매 구입; sell sale 판매
save store keep persist 저장 보관 보존; wait hold pending 대기; broken corrupt damaged 깨진 깨져 손상 ~ fail
hang freeze stuck stall block 멈추 멈췄 멈춘 ~ stop; substitute deputy cover replacement 대신 대리 ~ backup
ask contact 문의 물어; frequency interval often 주기; rotate rotation 교체 회전; speed velocity 속도
size length 크기 길이; number count amount 수 개수 숫자; right correct 올바른 맞
wrong incorrect mistaken 틀린 틀렸 잘못; weird strange odd 이상; cell phone handset; limit maximum cap ceiling
sequence order ordering 순서; previous past earlier history 이전 과거 내역; weekday day 요일
laptop notebook computer 노트북 컴퓨터; exercise drill practice 훈련 연습; export dump 내보내기
import load 불러오기 적재; website site homepage 사이트; link url 링크; mistake error slip 실수; warning warn 경고
critical severe serious 심각; shared common 공유 공용; automatic automatically auto 자동; manual manually hand 수동
unused dead obsolete; hardware machine box 장비; supervisor boss manager 관리자; admin administrator 관리자 운영자
achieve reach attain 달성; adjust tune tweak 조정 튜닝; agree consent 동의 합의 ~ approve
alternative substitute replacement 대안; ancient legacy obsolete 레거시; announce announcement notice 공지 안내
annual yearly 연간 매년; appear show render 나타나 표시; assign allocate 할당 배정; attach append 첨부
attempt try retry 시도; audit inspection 감사 점검; available reachable up 가용
unavailable unreachable down offline 접속불가 ~ outage; avoid prevent skip 피하; aware know notice; band range tier
beginning start 시작 처음 초반; behaviour conduct 동작; benchmark loadtest 벤치마크 부하; big major
bottleneck limit saturate 병목; brief short 짧은 간단; calculate compute computation 계산; cancel abort 취소 중지
capacity size 용량; careful caution; change modify alter edit 변경 수정 바꾸; cheap inexpensive 저렴
clean cleanup purge prune tidy 정리 청소; clear obvious; click tap press 클릭 누르; clone copy 복제 복사
compare comparison 비교; complain complaint 불만 민원; complete finish done 완료; complex complicated 복잡
compress compression gzip zip 압축; conflict collision clash 충돌; confirm confirmation acknowledge 확인
consumer subscriber 소비자 컨슈머; contain hold include 포함; convert transform conversion 변환; correct fix
cover mask; criteria criterion condition 조건 기준; current present now 현재; custom bespoke 맞춤; damage harm
deadline due 마감 기한; debug diagnose troubleshoot 디버깅; default standard 기본 기본값
defer postpone delay 연기 미루 ~ later; deprecate sunset retire phase 폐기 종료
detect discover notice spot 감지 발견 탐지; determine decide; difference gap diff 차이; disable off 비활성 끄
enable on activate 활성 켜; discontinue drop end 중단; discuss talk 논의 상의; distribute spread 분산; dozen twelve
drift skew offset 어긋나 어긋났 오차 편차; emergency urgent 긴급 급한 비상; empty blank 빈 비어
enough sufficient 충분; ensure guarantee 보장; equal same identical 동일 같은; estimate forecast 추정 예측
evaluate assess evaluation rating 평가; exceed over above 초과 넘; exclude omit except 제외; execute run 실행
exhausted full depleted 소진 고갈 가득 바닥; existing current 기존; expensive costly 비싼 비싸
experiment trial pilot 실험 시험; expose leak reveal 노출 유출; extend prolong 연장; extra additional 추가
fallback backup 대체 폴백; false incorrect; feature capability; fetch pull retrieve 가져오 가져와; figure number 숫자
first initial 첫 최초; flash flicker blink 깜빡 번쩍 깜박; follow track 추적; font typeface 글꼴 폰트
forbid prohibit disallow 금지; freeze lock 동결; full complete entire 전체; gather collect 수집 모으
generate create produce 생성; gone missing vanished 사라 없어졌; group batch bundle 묶음 그룹
grow swell bloat 늘어 증가; guest visitor 손님 방문자; guide tutorial howto 안내 가이드; halt stop pause 중단 멈춤
heavy large; hidden invisible covered 가려 숨은; hire recruit 채용; hour hourly 시간; ignore skip 무시
illegal unlawful 불법; improve improvement better 개선 향상; include contain; inform tell notify; initial first 초기
input entry typing 입력; insert add 삽입; inspect examine check 점검 검사; install setup 설치
instruction direction command 지시 명령; integrate integration 연동 통합; interrupt break; introduce add 도입
invalid wrong 잘못된 무효; join enter; jump skip 건너뛰; junk garbage trash 쓰레기; keep retain hold 유지
kill terminate evict 종료 죽이 죽은; lag delay latency 지연; launch boot start
law regulation legal compliance 법 규정; lead head; legal lawyer; letter mail; level tier 등급 수준; line row
lock block; logic rule; loop cycle 반복 순환; lose drop; main primary 주 메인
mandatory compulsory obligatory 필수 의무; margin slack; mask redact; match fit equal 일치 맞추; measure metric 측정
merge integrate; middle center; minor trivial 사소; mirror replica copy 복제본; mistake fault; mix blend 섞 섞이
modern new; monitor watch 감시; monthly month 매월; move shift relocate 이동 옮기; must required; mute silence
naming name; narrow limit; notify inform alert; obtain get; occasionally sometimes 가끔 때때로; occur happen 발생
offer provide 제공; only solely 만; open public; operate run operation 운영; option choice alternative 선택지 선택
origin source 출처 원본; overflow exceed 넘치; overlap collide 겹치; overload saturated 과부하
override overwrite 덮어쓰 재정의; owner holder 소유자; package bundle; pair couple two 쌍; partial part 부분 일부
participant member 참가자 구성원; pause suspend 일시정지; peak rush 피크; penetration pentest pen 모의해킹 침투
perform do; period interval span duration 기간; permanent forever 영구; pick choose select 고르 골랐 선택
place location 장소; plan roadmap 계획; policy principle; poll polling 폴링; popup modal dialog 팝업 모달
portion share part; possible feasible 가능; precise exact accurate 정확; prefer favour; prepare preparation 준비
prevent forbid; primary main; print 인쇄 출력; priority importance 우선순위; private confidential 비공개
probability likelihood 확률; procedure process workflow 절차; produce generate
program application app 프로그램 앱 애플리케이션; prohibit ban; promise guarantee 약속; promote raise; proper correct
protect secure 보호; prove proof 증명; public open 공개; publish publication post 게시 발행; pull fetch; push send
quality 품질; question ask 질문; rapid quick; ratio percentage percent rate 비율 퍼센트; raw original 원본
reach arrive 도달; ready prepared; real genuine actual 실제; reboot restart 재시작 재부팅; rebuild recreate 재생성
recent latest newest 최근 최신; recipient receiver 수신자; recover recovery 복구
reject decline refuse deny 거절 거부 반려; relation relationship 관계; reliable stable 안정; reminder alarm calendar
rename 이름변경; render draw 렌더링 그리; repeat again recur 반복; report tell; request ask 요청; reset clear 초기화
resize scale 크기조절; resource asset 자원 리소스; result outcome 결과; return give; reuse recycle 재사용
reverse undo; reward bonus 보상; risk danger 위험 리스크; role duty 역할; rough approximate 대략
route path routing 라우팅 경로; sale promotion event 행사 특가 세일; sample example 예시 예제 샘플; scale grow 확장
schedule plan timetable; scope range 범위; score grade point 점수; second backup; secret hidden; section part 구역
seldom rarely 드물; sensitive confidential 민감; separate distinct 별도 분리; serve host; share percentage
shipment parcel package 소포 택배; shop store mall 쇼핑몰 상점 가게; short brief; shorten cut; shut close 닫; sick ill
signal connectivity reception; similar like alike 비슷 유사; single one sole 단일 하나; skip omit 생략 건너뛰
smooth fluid 부드러; stutter jank choppy lag 버벅 끊김; solid stable; solution remedy fix 해법 해결책; source origin
spare reserve; specific particular 특정; spike surge 급증; spreadsheet sheet; stage phase step 단계; stale outdated
standard norm convention 표준; state status condition 상태; statistic stat 통계; stay remain 머물 남
steal theft stolen 도난; stolen lost theft; strategy approach method 전략 방식; strict rigid 엄격; string text 문자열
submit send 제출; success succeed 성공; suggest propose recommend 제안 추천; sum total 합계 총; summary overview 요약
supply provide; surprise unexpected 예상밖; survive persist 살아남; suspend pause; switch toggle; symptom sign 증상
table spreadsheet; target goal; temporary interim 임시 ~ temp; tenant organisation 테넌트; thin slim
threshold limit 임계값 기준; tie link; tool utility; top first; total sum overall 전체 합계; traffic load 트래픽
train teach 교육 훈련 학습; transfer move send; trigger start fire 발동; trust rely; truth fact; turn rotate
unique distinct 고유 유일; unit piece; unknown unfamiliar; unlock release; unsafe insecure; unstable flaky
upper maximum; urgent emergency; useful helpful; utilise use usage 사용 이용 활용; valid validity legitimate 유효
value amount 값; vary differ; view see; visit access 방문; volume amount; wage salary
warehouse bigquery clickhouse snowflake; waste unused 낭비; watch monitor; weak feeble; wealth money
weekend saturday sunday 주말; whole entire all 전체 모두 전부; wide broad 넓은; worker employee
worry concern 우려 걱정; year annual; zero none 0; zone region 지역 리전; mac macos osx 맥; windows win 윈도우
linux 리눅스
`;

/** How much a match of another word counts against one of the word itself. */
const SAME = 0.75;
const NEAR = 0.4;

export interface Synonym {
  readonly word: string;
  /** 0 to 1. */
  readonly weight: number;
}

/** @param key makes of a word what two forms of it have in common */
export function readSynonyms(key: (word: string) => string): ReadonlyMap<string, readonly Synonym[]> {
  const found = new Map<string, Map<string, number>>();
  const link = (from: string, to: string, weight: number): void => {
    if (from === to) return;
    const known = found.get(from) ?? new Map<string, number>();
    known.set(to, Math.max(known.get(to) ?? 0, weight));
    found.set(from, known);
  };
  for (const group of GROUPS.trim().split(/[;\n]/)) {
    const [same = [], near = []] = group.split('~').map((half) => half.trim().split(/\s+/).map(key));
    for (const from of same) {
      for (const to of same) link(from, to, SAME);
      for (const to of near) {
        link(from, to, NEAR);
        link(to, from, NEAR);
      }
    }
  }
  return new Map([...found].map(([from, links]) => [from, [...links].map(([word, weight]) => ({ word, weight }))]));
}
